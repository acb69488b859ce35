private import Glibc
internal import Synchronization

/// A short wait awake. Another process of this machine answers within some microseconds; to be put to sleep until then,
/// and woken, takes several times as long, most of all on a virtual processor.
package struct Vigil: ~Copyable {
    package static let ofProcess = Vigil()

    /// Nanoseconds on `BootClock` before which nobody stays awake: somebody else needs the processor.
    private let rest = Atomic<Int64>(0)
    private static let restLength: Int64 = 100_000_000

    package init() {}

    /// Looks again and again, and lets others run in between.
    ///
    /// - Parameter span: nanoseconds. Where others have the processor for longer than that at one time, the next tenth
    ///   of a second has no vigils at all: who sleeps is woken before them.
    /// - Returns: whether `isThere` was true; `false` when that is still to be waited for.
    package borrowing func keep(for span: Int64, until isThere: () -> Bool) -> Bool {
        let start = BootClock.nanoseconds
        guard start >= rest.load(ordering: .relaxed) else { return false }
        var before = start
        repeat {
            if isThere() { return true }
            sched_yield()
            let now = BootClock.nanoseconds
            if now - before > span {
                rest.store(now + Self.restLength, ordering: .relaxed)
                return isThere()
            }
            before = now
        } while before - start < span
        return false
    }
}
