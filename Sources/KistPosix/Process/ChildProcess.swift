private import CKistPosix
private import Glibc

/// A child that gets one socket and nothing else; ended and waited for when this value goes.
package struct ChildProcess: ~Copyable {
    package let id: Int32
    /// The call of `PosixError` when the program did not start.
    package static let start = "posix_spawn"

    /// Starts `path`.
    ///
    /// - Parameters:
    ///   - arguments: behind its own name; they are seen by everybody.
    ///   - environment: `NAME=value` entries, and no others.
    ///   - input: its descriptor 0; 2 is `/dev/null`, all others are closed.
    ///   - bothWays: whether its descriptor 1 is that socket too, and not `/dev/null`.
    /// - Throws: also when the program cannot be executed.
    package init(
        _ path: String, arguments: [String] = [], environment: [String], input: borrowing Descriptor,
        bothWays: Bool = false
    ) throws(PosixError) {
        var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var entries: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in argv + entries { free(text) } }
        var pid: pid_t = 0
        let failed = kist_spawn_child(path, &argv, &entries, input.raw, bothWays ? 1 : 0, &pid)
        guard failed == 0 else { throw PosixError(Self.start, failed) }
        id = pid
    }

    /// Waits for its end.
    ///
    /// - Returns: the exit status, or 128 and the signal that ended it.
    package consuming func wait() -> Int32 {
        let id = id
        discard self
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    deinit {
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
}
