private import ArgumentParser
private import Glibc

/// The whole program `kist`: arguments in, exit code out.
package enum KistProgram {
    /// - Parameter arguments: those of the process, its own name first.
    package static func run(_ arguments: [String]) -> Int32 {
        let given = Array(arguments.dropFirst())
        let printer = Printer()
        if let position = ChangedArguments.first(in: given) {
            printer.failure(Failure.usage("argument \(position) is not UTF-8 text"))
            return given.contains("run") || given.contains("curl") ? ExitCode.failed : ExitCode.usage
        }
        // A helper of another tool: that tool's own form, without a parser.
        if let invoked = InvokedAs.parse(arguments) { return invoked.run(printer) }
        // The two commands that programs call all day build no tree of parsers.
        if let fast = FastArguments.parse(given) {
            return finish(printer, isRun: fast.isRun) { () throws(Failure) in try fast.execute(printer) }
        }
        if given.isEmpty {
            return finish(printer, isRun: false) { () throws(Failure) in
                StartPage.show(printer)
                return ExitCode.done
            }
        }
        return parse(GlobalArguments.hoisted(given), printer)
    }

    private static func parse(_ arguments: [String], _ printer: Printer) -> Int32 {
        if let first = arguments.first, !first.hasPrefix("-"), !CommandNames.all.contains(first) {
            printer.failure(CommandNames.unknown(first))
            return ExitCode.usage
        }
        let command: any ParsableCommand
        do {
            command = try KistCommand.parseAsRoot(arguments)
        } catch {
            return refuse(error, arguments, printer)
        }
        guard let command = command as? any SessionCommand else {
            // Help, and the list of commands.
            var command = command
            do { try command.run() } catch { return refuse(error, arguments, printer) }
            return ExitCode.done
        }
        return finish(printer, isRun: command is RunCommand || command is CurlCommand) { () throws(Failure) in
            try command.execute(try Session(command.shared.globals, printer: printer))
        }
    }

    /// Runs `body`, prints what failed, and makes every failure of Kist's own 125 in `run` and `curl`.
    private static func finish(
        _ printer: Printer, isRun: Bool, _ body: () throws(Failure) -> Int32
    ) -> Int32 {
        var code: Int32
        do throws(Failure) {
            code = try body()
            try printer.finish()
        } catch {
            printer.failure(error)
            code = error.code
            if isRun, !ExitCode.ofRun.contains(code) { code = ExitCode.failed }
        }
        printer.flush()
        return code
    }

    /// Help goes to standard output; a mistake to standard error, without the arguments: one may be a secret.
    private static func refuse(_ error: any Error, _ arguments: [String], _ printer: Printer) -> Int32 {
        let code = KistCommand.exitCode(for: error).rawValue
        let message = KistCommand.fullMessage(for: error)
        if code == ExitCode.done {
            printer.exact(message + "\n")
            printer.flush()
            return ExitCode.done
        }
        printer.failure(ArgumentMistake.failure(message, arguments))
        return ["run", "curl"].contains(arguments.first) ? ExitCode.failed : ExitCode.usage
    }
}

extension String {
    /// Without blanks at its beginning.
    var trimmedStart: String { String(drop { $0 == " " }) }
}
