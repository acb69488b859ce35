private import CKistPosix

/// Gives up for good, in the whole process, what the agent never needs.
package enum Sealing {
    /// No new program, no child process, no new socket, no connection, no signal to others, no tracing, nothing of
    /// administrators, no new code in memory (seccomp).
    ///
    /// - Returns: `nil` when it holds, else the `errno` (an old kernel; `doctor` shows it).
    package static func apply() -> Int32? {
        let failed = kist_seal_calls()
        return failed == 0 ? nil : failed
    }
}
