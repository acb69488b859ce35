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
        let path: String
        switch ProgramSearch.find(command.first ?? "", path: Variables.process["PATH"]) {
        case .path(let found): path = found
        case .notExecutable(let there):
            return Failure("\(there) is not a program that can be executed", code: ExitCode.notExecutable)
        case .missing:
            return Failure("\(command.first ?? "") was not found", code: ExitCode.noProgram)
        }
        HeldSignals.unblockAll()
        closeOthers(keeping: keeping)
        var code = execute(path, command, block)
        // A script without a #! line: what execvp does.
        if code == ENOEXEC { code = execute("/bin/sh", ["/bin/sh", path] + command.dropFirst(), block) }
        switch code {
        case ENOENT:
            return Failure("\(path): the program that its first line names was not found", code: ExitCode.noProgram)
        case E2BIG:
            return Failure(
                "the arguments and the environment together are larger than the kernel takes",
                advice: ["Hand over fewer credentials, or write the long ones to files:  kist get NAME FIELD > FILE"],
                code: ExitCode.notExecutable)
        default:
            return Failure("\(path): \(String(cString: strerror(code)))", code: ExitCode.notExecutable)
        }
    }

    /// Starts `command`, waits for it and forwards the signals that reach this process.
    ///
    /// - Returns: its exit code, or 128 + N when signal N ended it.
    package static func wait(
        _ command: [String], environment block: borrowing EnvironmentBlock, keeping: [Int32] = []
    ) throws(Failure) -> Int32 {
        let path: String
        switch ProgramSearch.find(command.first ?? "", path: Variables.process["PATH"]) {
        case .path(let found): path = found
        case .notExecutable(let there):
            throw Failure("\(there) is not a program that can be executed", code: ExitCode.notExecutable)
        case .missing: throw Failure("\(command.first ?? "") was not found", code: ExitCode.noProgram)
        }
        closeOthers(keeping: keeping)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var code: Int32 = 0
        let child = block.withPointers { ForwardingChild.start(path, &arguments, $0, &code) }
        guard child > 0 else {
            throw Failure("\(path): \(String(cString: strerror(code)))", code: ExitCode.notExecutable)
        }
        return ForwardingChild.wait(child)
    }

    private static func execute(
        _ path: String, _ command: [String], _ block: borrowing EnvironmentBlock
    ) -> Int32 {
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        return block.withPointers { variables in
            execve(path, &arguments, variables)
            return errno
        }
    }

    /// Marks every descriptor from 3 on to close at `execve`, but those asked for.
    package static func closeOthers(keeping: [Int32]) {
        ExecDescriptors.close(from: 3)
        for descriptor in keeping where descriptor > 2 { ExecDescriptors.keep(descriptor) }
    }
}
