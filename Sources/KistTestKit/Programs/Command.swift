private import Glibc
private import KistPosix

/// A program run to its end.
package struct Command: Sendable {
    /// The exit status, or minus the signal.
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs `arguments[0]` (a path) with an empty standard input.
    ///
    /// - Parameters:
    ///   - environment: the whole of it.
    ///   - passing: a descriptor that becomes 3.
    package static func run(
        _ arguments: [String], environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"],
        passing: Int32? = nil
    ) -> Command { start(arguments, environment: environment, passing: passing).wait() }

    /// Starts without waiting.
    package static func start(
        _ arguments: [String], environment: [String: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"],
        passing: Int32? = nil
    ) -> RunningCommand { RunningCommand(arguments, environment, passing) }
}

/// A program that runs.
package final class RunningCommand {
    package let pid: Int32
    private let folder = TemporaryFolder()

    fileprivate init(_ arguments: [String], _ environment: [String: String], _ passing: Int32?) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder.path + "/out", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder.path + "/err", O_WRONLY | O_CREAT, 0o600)
        if let passing { posix_spawn_file_actions_adddup2(&actions, passing, 3) }
        // Worker threads block most signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        var child: pid_t = 0
        let failed = posix_spawn(&child, arguments[0], &actions, &attributes, &argv, &envp)
        for string in argv + envp { free(string) }
        posix_spawn_file_actions_destroy(&actions)
        posix_spawnattr_destroy(&attributes)
        guard failed == 0 else { fatalError("\(arguments[0]): \(PosixError("posix_spawn", failed))") }
        pid = child
    }

    package func wait() -> Command {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
        return Command(status: code, output: text("out"), errors: text("err"))
    }

    /// What it has printed so far.
    package func text(_ name: String) -> String {
        String(decoding: (try? File.read(folder.path + "/" + name, most: 16 << 20)) ?? [], as: UTF8.self)
    }

    package func kill(_ signal: Int32) { _ = Glibc.kill(pid, signal) }
}
