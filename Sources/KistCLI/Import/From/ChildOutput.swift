import Glibc
import SecretMemory

/// Runs a program and reads what it prints straight into locked memory. Its errors go where ours go.
enum ChildOutput {
    /// - Parameters:
    ///   - arguments: no secret among them.
    ///   - limit: bytes it may print.
    /// - Throws: `Failure` when it is not there, prints more, or ends with anything but 0.
    static func read(_ program: String, _ arguments: [String], atMost limit: Int = SecretReader.longest)
        throws(Failure) -> SecretBytes
    {
        var pipe: [Int32] = [-1, -1]
        guard Glibc.pipe(&pipe) == 0 else { throw Failure("pipe: \(String(cString: strerror(errno)))") }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(pipe[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        var argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var pid: pid_t = 0
        let failed = posix_spawnp(&pid, program, &actions, nil, &argv, environ)
        close(pipe[1])
        guard failed == 0 else {
            throw Failure("\(program) could not be started: \(String(cString: strerror(failed)))")
        }
        let result = Result { () throws(Failure) in
            Answer(try SecretReader.readAll(pipe[0], what: "what \(program) prints", atMost: limit))
        }
        if case .failure = result { kill(pid, SIGTERM) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let answer = try result.get()
        guard status == 0 else { throw Failure("\(program) could not do it (it says why above)") }
        return answer.take()
    }

    /// Carries bytes that cannot be copied through a `Result`.
    private final class Answer {
        private var bytes: SecretBytes?

        init(_ bytes: consuming SecretBytes) { self.bytes = consume bytes }

        func take() -> SecretBytes { bytes.take()! }
    }
}
