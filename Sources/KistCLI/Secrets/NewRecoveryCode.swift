import SecretMemory

/// A recovery code that was made just now.
enum NewRecoveryCode {
    /// Shows it this once, and has its last group typed as a proof that it was written down; `skip` or Enter goes on
    /// without.
    ///
    /// - Returns: `false` when what was typed was another group three times.
    static func isConfirmed(_ code: borrowing SecretBytes, _ terminal: Terminal) throws(Failure) -> Bool {
        terminal.show("Recovery code, shown only now. It opens the vault without the passphrase:\n    ")
        terminal.showSecret(code)
        terminal.show("\n")
        let start = code.withBytes { bytes in bytes.lastIndex(of: UInt8(ascii: "-")).map { $0 + 1 } ?? 0 }
        for _ in 0..<3 {
            let typed = try terminal.ask("Type its last group (Enter skips): ")
            if typed.isEmpty || typed.lowercased() == "skip" { return true }
            let same = code.withBytes { $0[start...].elementsEqual(typed.uppercased().utf8) }
            if same { return true }
            terminal.show("That is not its last group.\n")
        }
        return false
    }
}
