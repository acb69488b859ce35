private import CKistPosix

/// Gives up for good, in the whole process, what the agent never needs.
package enum Sealing {
    /// No new program, no child process, no socket but Unix sockets, no tracing of others (seccomp).
    ///
    /// - Returns: `nil` when it holds, else the `errno` (an old kernel; `doctor` shows it).
    package static func apply() -> Int32? {
        let failed = kist_seal_calls()
        return failed == 0 ? nil : failed
    }
}
