package import KistModel
private import KistPosix

/// The two clocks that the agent reads. Programs use `.system`; tests set their own.
package struct AgentClock: Sendable {
    /// Nanoseconds on a clock that counts suspend and that nobody sets.
    package var nanoseconds: @Sendable () -> Int64
    /// The time of day.
    package var now: @Sendable () -> Timestamp

    package init(nanoseconds: @escaping @Sendable () -> Int64, now: @escaping @Sendable () -> Timestamp) {
        self.nanoseconds = nanoseconds
        self.now = now
    }

    package static let system = AgentClock(
        nanoseconds: { BootClock.nanoseconds }, now: { Timestamp(seconds: WallClock.seconds) })
}

extension Int64 {
    /// Seconds as nanoseconds.
    static func seconds(_ count: Int64) -> Int64 { count * 1_000_000_000 }
    /// Microseconds as nanoseconds.
    static func microseconds(_ count: Int64) -> Int64 { count * 1_000 }
    /// Milliseconds as nanoseconds.
    static func milliseconds(_ count: Int64) -> Int64 { count * 1_000_000 }
}
