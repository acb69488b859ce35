/// When a credential stops being valid, as far as Kist was told.
package enum Expiry: Hashable, Sendable {
    /// Nobody said that it expires.
    case never
    /// The first second at which it is no longer valid.
    case at(Timestamp)

    package func isPast(at now: Timestamp) -> Bool {
        switch self {
        case .never: false
        case .at(let end): end <= now
        }
    }

    /// "never", "in 41 days", "in 3 hours", "expired 2 days ago".
    package func inWords(at now: Timestamp) -> String {
        guard case .at(let end) = self else { return "never" }
        let (left, isTooFar) = end.seconds.subtractingReportingOverflow(now.seconds)
        guard !isTooFar else { return end > now ? "in ages" : "expired ages ago" }
        let length = Self.length(left.magnitude)
        return left > 0 ? "in \(length)" : "expired \(length) ago"
    }

    private static func length(_ seconds: UInt64) -> String {
        func say(_ count: UInt64, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }
        if seconds >= 2 * 86_400 { return say(seconds / 86_400, "day") }
        if seconds >= 2 * 3_600 { return say(seconds / 3_600, "hour") }
        if seconds >= 2 * 60 { return say(seconds / 60, "minute") }
        return say(max(1, seconds), "second")
    }
}
