internal import SecretMemory

/// Where a new recovery code goes before it takes the place of the former one, which opens nothing from then on: a code that
/// nobody has is a way in that is lost.
struct RecoveryHandOver: ~Copyable {
    private let file: ReservedFile?
    private let terminal: Terminal?
    private let json: Bool

    /// - Parameters:
    ///   - path: `--recovery-file`; made here.
    ///   - json: nothing but JSON goes to standard output.
    init(_ path: String?, json: Bool) throws(Failure) {
        let terminal = Terminal.open()
        guard path != nil || terminal != nil || !json else {
            throw Failure.usage(
                "there is no terminal to show the new recovery code on, and it does not go into JSON",
                advice: ["into a new file:  --recovery-file FILE"])
        }
        file = try RecoveryFile.make(path)
        self.terminal = terminal
        self.json = json
    }

    /// Writes the code into its file, or shows it to somebody who confirms it.
    ///
    /// - Throws: when nobody has it now; nothing was changed then.
    borrowing func give(_ code: borrowing SecretBytes, _ printer: Printer) throws(Failure) {
        switch file {
        case .some(let file): try file.write(code)
        case .none:
            guard let terminal else { return }
            printer.flush()
            guard try NewRecoveryCode.isConfirmed(code, terminal) else {
                throw Failure("the new recovery code was not confirmed, so nothing was changed; it opens nothing")
            }
        }
    }

    /// Has `body` put the code into the vault; when it did not, the file goes again.
    borrowing func guarding<R: ~Copyable>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        do throws(Failure) { return try body() } catch {
            var failure = error
            guard failure.isUncertain else {
                file?.drop()
                if file == nil, terminal != nil { failure.advice.append("The new recovery code opens nothing.") }
                throw failure
            }
            failure.advice = [
                "it is not known whether the slot changed; keep both codes and try which one opens it:",
                "kist slot test recovery",
            ]
            throw failure
        }
    }

    /// After the change: says where the code is, or shows it where there is nobody to confirm it.
    borrowing func showLast(_ code: borrowing SecretBytes, _ printer: Printer) {
        switch file {
        case .some(let file): if !json { printer.line("Recovery code written to ", Phrase(file.path), ".") }
        case .none:
            guard terminal == nil else { return }
            printer.line("Recovery code, shown only now. It opens the vault without the passphrase:")
            printer.part("    ")
            code.withBytes { printer.secret($0) }
            printer.line("")
        }
    }
}
