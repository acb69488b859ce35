import SecretMemory

/// A passphrase for a new slot.
enum NewPassphrase {
    /// In bytes.
    private static let shortest = 8

    /// Asks twice; Enter alone has one made, which is shown once.
    static func ask(_ terminal: Terminal, _ name: String = "Passphrase") throws(Failure) -> SecretBytes {
        while true {
            let first = try terminal.askSecret("\(name) (Enter makes one for you): ")
            if first.count == 0 {
                let made = GeneratedPassphrase.make()
                terminal.show("Your passphrase, shown only now:\n    ")
                terminal.showSecret(made)
                terminal.show("\n")
                return made
            }
            guard first.count >= shortest else {
                terminal.show("That is too short to withstand guessing: at least \(shortest) characters, better 14.\n")
                continue
            }
            if first == (try terminal.askSecret("Again: ")) { return first }
            terminal.show("The two differ.\n")
        }
    }

    static func requireLength(_ passphrase: borrowing SecretBytes) throws(Failure) {
        guard passphrase.count >= shortest else {
            throw Failure.usage("the passphrase is shorter than \(shortest) bytes")
        }
    }
}
