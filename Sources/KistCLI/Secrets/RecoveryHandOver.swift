internal import SecretMemory

/// Where a new recovery code goes. Settled before one is made: the old one opens nothing from then on, so a code that
/// nobody gets is a way in that is lost.
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

    /// Has `body` make a code; without one the file goes again.
    borrowing func guarding<R: ~Copyable>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        do throws(Failure) { return try body() } catch { throw drop(error) }
    }

    /// Takes the file away: no code was made, or none came.
    borrowing func drop(_ failure: Failure) -> Failure {
        file?.drop()
        guard failure.isUncertain else { return failure }
        var failure = failure
        failure.advice = [
            "it is not known whether the slot changed, and no code came: the former one may open nothing now",
            "make a new one:  kist slot change recovery",
        ]
        return failure
    }

    /// Writes the code where it was to go, or shows it. One that cannot be written is shown.
    borrowing func give(_ code: borrowing SecretBytes, _ printer: Printer) throws(Failure) {
        var problem: Failure?
        switch file {
        case .some(let file):
            do throws(Failure) {
                try file.write(code)
                if !json { printer.line("Recovery code written to ", Phrase(file.path), ".") }
                return
            } catch { problem = error }
        case .none: break
        }
        printer.flush()
        if let terminal {
            if let problem { terminal.show("\(problem.message)\n") }
            try NewRecoveryCode.show(code, terminal)
        } else if json {
            var text = SecretBuffer()
            text.append("{\"recoveryCode\":")
            code.withBytes { _ = SecretJSON.append($0, to: &text) }
            text.append("}\n")
            text.withBytes { printer.secret($0) }
        } else {
            printer.line("Recovery code, shown only now. It opens the vault without the passphrase:")
            printer.part("    ")
            code.withBytes { printer.secret($0) }
            printer.line("")
        }
        if var problem {
            problem.advice = ["The slot has changed; the new code was shown instead, this once."]
            throw problem
        }
    }
}
