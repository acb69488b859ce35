package import KistModel
internal import KistPosix

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
///
/// With Foundation: `Date(timeIntervalSince1970: TimeInterval(moment.secondsSince1970))`.
public struct Moment: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Leap seconds are not counted.
    public let secondsSince1970: Int64

    /// A moment by its number of seconds.
    public init(secondsSince1970: Int64) { self.secondsSince1970 = secondsSince1970 }

    /// Reads `YYYY-MM-DD` (the last second of that day in UTC) or an RFC 3339 moment, from 1970 to 9999.
    ///
    /// - Returns: `nil` for any other text.
    public init?(_ text: String) {
        guard let moment = Timestamp(text) else { return nil }
        secondsSince1970 = moment.seconds
    }

    /// - Parameter seconds: from now on.
    package static func now(plus seconds: Int64) -> Moment {
        Moment(secondsSince1970: WallClock.seconds + seconds)
    }

    package init(_ moment: Timestamp) { secondsSince1970 = moment.seconds }

    /// RFC 3339 in UTC: `2027-02-19T00:31:09Z`.
    public var description: String { Timestamp(seconds: secondsSince1970).description }

    /// Earlier is less.
    public static func < (left: Self, right: Self) -> Bool { left.secondsSince1970 < right.secondsSince1970 }
}
