import ArgumentParser
import KistProtocol

struct SlotRemoveCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a way into the vault away.",
        discussion: """
            What is left must open the vault without the desktop's keyring. Whoever had the key and a copy of the file \
            keeps what they have: after a theft, kist rekey, and new keys at the platforms.

            Example:  kist slot remove keyring
                      kist slot remove 3f9a12c4
            """)

    @Argument(help: "Its id, label, or kind when there is one of it; or factor.") var slot: String
    @Flag(help: "Prove it with the recovery code instead of the passphrase.") var recovery = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        if slot == "factor" { return try SlotFactor.remove(session) }
        let slot = try SlotWord.find(self.slot, in: try session.slots())
        try session.removeSlot(try session.proof(recovery ? .recovery(session.recoverySource) : nil), id: slot.id)
        if slot.kind == .keyring, let problem = KeyringSlot(session: session).forget(id: slot.id) {
            session.printer.note(Phrase("its key opens nothing any more, but stays where it is: \(problem)"))
        }
        if json {
            session.printer.json(["removed": .string(slot.id)])
        } else {
            session.printer.line(.good("✓"), Phrase(" Removed the \(SlotWord.name(slot))."))
        }
        return ExitCode.done
    }
}
