private import CKistPosix

/// Signals that reach a process which stands between a program and its terminal: it reads them instead of dying of them.
package final class RelaySignals {
    private let owned: Descriptor

    /// Blocks them, for this thread and those that it starts.
    package init() throws(PosixError) {
        let raw = kist_relay_signals()
        guard raw >= 0 else { throw PosixError("signalfd") }
        owned = Descriptor(owning: raw)
    }

    /// Readable when one has come.
    package var descriptor: Int32 { owned.raw }

    /// The next one that came, and whether the kernel sent it to the whole group (a key of the terminal); `nil` for none.
    package func next() -> (number: Int32, byTerminal: Bool)? {
        var byTerminal: Int32 = 0
        let number = kist_relay_signal(owned.raw, &byTerminal)
        return number == 0 ? nil : (number, byTerminal != 0)
    }

    /// Stops this process as signal `number` would have; returns when it was continued.
    package static func stop(_ number: Int32) { kist_relay_stop(number) }
}
