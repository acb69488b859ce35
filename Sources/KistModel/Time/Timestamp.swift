/// A moment in whole seconds since 1970-01-01T00:00:00Z, with its RFC 3339 text form (always UTC).
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    /// What has a text form: the first second of 1970 to the last of 9999. Nothing else is read or stored.
    package static let writable: ClosedRange<Int64> = 0...253_402_300_799

    package var isWritable: Bool { Self.writable.contains(seconds) }

    /// Reads `YYYY-MM-DD` (the end of that day, 23:59:59Z) or `YYYY-MM-DDTHH:MM:SS(Z|±HH:MM)`; from 1970 to 9999 in UTC.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            return value
        }
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            year >= 1970, (1...12).contains(month), day >= 1, day <= Civil.days(inMonth: month, year: year)
        else { return nil }
        let days = Civil.days(year: year, month: month, day: day)
        if bytes.count == 10 {
            self.init(seconds: days * 86_400 + 86_399)
            return
        }
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            hour < 24, minute < 60, second < 61
        else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard let digit = rest.first, digit >= 48, digit <= 57 else { return nil }
            rest = rest.drop { $0 >= 48 && $0 <= 57 }
        }
        let clock = days * 86_400 + hour * 3_600 + minute * 60 + min(second, 59)
        if rest.elementsEqual([UInt8(ascii: "Z")]) {
            self.init(seconds: clock)
            return
        }
        let zone = rest.startIndex
        guard rest.count == 6, rest[zone] == UInt8(ascii: "+") || rest[zone] == UInt8(ascii: "-"),
            rest[zone + 3] == UInt8(ascii: ":"), let hours = number(zone + 1..<zone + 3),
            let minutes = number(zone + 4..<zone + 6), hours < 24, minutes < 60
        else { return nil }
        let offset = hours * 3_600 + minutes * 60
        let moment = rest[zone] == UInt8(ascii: "+") ? clock - offset : clock + offset
        guard Self.writable.contains(moment) else { return nil }
        self.init(seconds: moment)
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`.
    package var description: String {
        let rest = seconds % 86_400
        let clock = rest < 0 ? rest + 86_400 : rest
        return "\(date)T\(Civil.two(clock / 3_600)):\(Civil.two(clock / 60 % 60)):\(Civil.two(clock % 60))Z"
    }

    /// Appends the bytes of `description`, without building it.
    package func write(to bytes: inout [UInt8]) {
        let (year, month, day) = Civil.date(days: Civil.floorDivide(seconds, 86_400))
        let clock = seconds - Civil.floorDivide(seconds, 86_400) * 86_400
        guard (0...9_999).contains(year) else { return bytes.append(contentsOf: description.utf8) }
        func two(_ value: Int64) {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: value / 10))
            bytes.append(0x30 + UInt8(truncatingIfNeeded: value % 10))
        }
        two(year / 100)
        two(year % 100)
        bytes.append(0x2D)
        two(month)
        bytes.append(0x2D)
        two(day)
        bytes.append(0x54)
        two(clock / 3_600)
        bytes.append(0x3A)
        two(clock / 60 % 60)
        bytes.append(0x3A)
        two(clock % 60)
        bytes.append(0x5A)
    }

    /// `YYYY-MM-DD`.
    package var date: String {
        let (year, month, day) = Civil.date(days: Civil.floorDivide(seconds, 86_400))
        return "\(Civil.four(year))-\(Civil.two(month))-\(Civil.two(day))"
    }

    package static func < (left: Self, right: Self) -> Bool { left.seconds < right.seconds }
}
