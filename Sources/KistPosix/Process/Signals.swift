private import CKistPosix
private import Glibc

/// Signals as something to read instead of something that interrupts.
package enum Signals {
    /// A non-blocking descriptor that becomes readable when one of `signals` comes; they no longer end the process.
    ///
    /// Call it before any thread starts.
    package static func descriptor(for signals: [Int32]) throws(PosixError) -> Descriptor {
        let raw = kist_signalfd(signals, UInt32(signals.count))
        guard raw >= 0 else { throw PosixError("signalfd") }
        return Descriptor(owning: raw)
    }
}
