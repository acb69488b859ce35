private import CKistPosix

/// A terminal whose echo stays off between questions for secrets, so that what is typed ahead of the next one is not shown.
///
/// Whatever ends or stops the program meanwhile finds the echo put back. One at a time, on the main thread.
package enum QuietEcho {
    /// Runs `body` with the echo off; questions within turn it off and on by themselves.
    ///
    /// Whoever calls it has the terminal in front of them: from behind another job it runs `body` and changes nothing.
    /// What was typed ahead is left to whoever reads the terminal next. When `body` throws it is thrown away: it may have
    /// been meant as another try.
    package static func keep<R: ~Copyable, E: Error>(
        _ descriptor: Int32, _ body: () throws(E) -> R
    ) throws(E) -> R {
        guard kist_quiet_begin(descriptor) == 0 else { return try body() }
        var discards: Int32 = 1
        defer { kist_quiet_end(discards) }
        let result = try body()
        discards = 0
        return result
    }

    /// Shows what is typed while `body` asks for something that is no secret.
    package static func paused<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        kist_quiet_pause()
        defer { kist_quiet_resume() }
        return try body()
    }
}
