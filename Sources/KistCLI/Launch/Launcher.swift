private import Glibc
private import KistPosix

/// Replaces this process by a program.
package enum Launcher {
    /// Executes `command`. It returns only to say why it could not.
    ///
    /// The program gets the descriptors 0 to 2 and those in `keeping`, default signal actions, an empty mask, the
    /// environment of `block`, and arguments in which no secret ever stood.
    package static func replace(
        _ command: [String], environment block: borrowing EnvironmentBlock, keeping: [Int32] = []
    ) -> Failure {
        let exact = ExactCommand(command)
        let program: [CChar]
        do throws(Failure) { program = try exact.program() } catch { return error }
        let path = shown(program)
        HeldSignals.unblockAll()
        closeOthers(keeping: keeping)
        Hardening.restoreForExecution()
        var code = execute(program, exact, block)
        // A script without a #! line: what execvp does.
        if code == ENOEXEC { code = execute(shell, exact, before: [shell, program], dropping: 1, block) }
        return failure(path, code)
    }

    /// Why a program that is there could not be executed.
    static func failure(_ path: String, _ code: Int32) -> Failure {
        switch code {
        case ENOENT:
            Failure("\(path): the program that its first line names was not found", code: ExitCode.noProgram)
        case E2BIG:
            Failure(
                "the arguments and the environment together are larger than the kernel takes",
                advice: ["Hand over fewer credentials, or the long ones as files:  kist run --as NAME.FIELD=file …"],
                code: ExitCode.notExecutable)
        default: Failure("\(path): \(String(cString: strerror(code)))", code: ExitCode.notExecutable)
        }
    }

    /// Starts `command`, waits for it and forwards the signals that reach this process.
    ///
    /// - Returns: its exit code, or 128 + N when signal N ended it.
    package static func wait(
        _ command: [String], environment block: borrowing EnvironmentBlock, keeping: [Int32] = []
    ) throws(Failure) -> Int32 {
        let exact = ExactCommand(command)
        let program = try exact.program()
        closeOthers(keeping: keeping)
        Hardening.restoreForExecution()
        var code: Int32 = 0
        let child = block.withPointers { variables in
            exact.withPointers { ForwardingChild.start(program, $0, variables, &code) }
        }
        guard child > 0 else {
            throw failure(shown(program), code)
        }
        return ForwardingChild.wait(child)
    }

    private static func execute(
        _ path: [CChar], _ command: ExactCommand, before: [[CChar]] = [], dropping count: Int = 0,
        _ block: borrowing EnvironmentBlock
    ) -> Int32 {
        block.withPointers { variables in
            command.withPointers(before: before, dropping: count) { arguments in
                execve(path, arguments, variables)
                return errno
            }
        }
    }

    private static let shell = Array("/bin/sh".utf8CString)

    private static func shown(_ path: [CChar]) -> String {
        String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Marks every descriptor from 3 on to close at `execve`, but those asked for.
    package static func closeOthers(keeping: [Int32]) {
        ExecDescriptors.close(from: 3)
        for descriptor in keeping where descriptor > 2 { ExecDescriptors.keep(descriptor) }
    }
}
