private import CKistPosix
private import Glibc

/// Lets another thread wake a `Poller` (eventfd).
package final class Wakeup: Sendable {
    package let raw: Int32

    package init() throws(PosixError) {
        raw = kist_eventfd()
        guard raw >= 0 else { throw PosixError("eventfd") }
    }

    deinit { close(raw) }

    /// Makes the descriptor readable. Any thread.
    package func signal() {
        var one: UInt64 = 1
        _ = write(raw, &one, 8)
    }

    /// Makes it unreadable again.
    package func clear() {
        var count: UInt64 = 0
        _ = read(raw, &count, 8)
    }
}
