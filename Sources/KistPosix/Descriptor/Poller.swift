private import CKistPosix

/// Waits for many descriptors at once (epoll, level-triggered).
package struct Poller: ~Copyable {
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        package static let readable = Interest(rawValue: 0x001)
        package static let writable = Interest(rawValue: 0x004)
        /// Error or end of the other side; always reported.
        package static let ended = Interest(rawValue: 0x018)
    }

    package struct Event: Sendable {
        package let token: UInt64
        package let ready: Interest
    }

    private let epoll: Descriptor

    package init() throws(PosixError) {
        let raw = kist_epoll_create()
        guard raw >= 0 else { throw PosixError("epoll_create1") }
        epoll = Descriptor(owning: raw)
    }

    package borrowing func add(_ descriptor: Int32, _ interest: Interest, token: UInt64) throws(PosixError) {
        let failed = kist_epoll_set(epoll.raw, descriptor, 1, interest.rawValue, token)
        guard failed == 0 else { throw PosixError("epoll_ctl", failed) }
    }

    package borrowing func change(_ descriptor: Int32, _ interest: Interest, token: UInt64) {
        _ = kist_epoll_set(epoll.raw, descriptor, 0, interest.rawValue, token)
    }

    package borrowing func remove(_ descriptor: Int32) { _ = kist_epoll_remove(epoll.raw, descriptor) }

    /// - Parameters:
    ///   - milliseconds: the longest wait; -1 for no end.
    ///   - events: replaced by what is ready, at most 64; empty at the time-out or after a signal.
    package borrowing func wait(milliseconds: Int32, into events: inout [Event]) {
        events.removeAll(keepingCapacity: true)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 64) { tokens in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { flags in
                let count = kist_epoll_wait(epoll.raw, tokens.baseAddress, flags.baseAddress, 64, milliseconds)
                for index in 0..<Int(count) {
                    events.append(Event(token: tokens[index], ready: Interest(rawValue: flags[index])))
                }
            }
        }
    }
}
