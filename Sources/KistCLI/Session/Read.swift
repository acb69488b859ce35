package import KistModel

/// Names given on the command line. A refused one is not repeated: it may be a secret typed in the wrong place.
package enum Read {
    package static func credential(_ text: String) throws(Failure) -> CredentialName {
        do { return try CredentialName(text) } catch { throw usage(error) }
    }

    package static func profile(_ text: String) throws(Failure) -> ProfileName {
        do { return try ProfileName(text) } catch { throw usage(error) }
    }

    package static func field(_ text: String) throws(Failure) -> FieldName {
        do { return try FieldName(text) } catch { throw usage(error) }
    }

    private static func usage(_ error: NameError) -> Failure { Failure.usage("\(error.what): \(error.rule)") }

    /// A length of time: `90d`, `12h`, `30m`, `45s`, `2w`, or whole words of them together (`1d12h`).
    ///
    /// - Returns: seconds, at least 1.
    package static func duration(_ text: String) -> Int64? {
        var total: Int64 = 0
        var number: Int64?
        for byte in text.utf8 {
            if (0x30...0x39).contains(byte) {
                let (tenfold, over) = (number ?? 0).multipliedReportingOverflow(by: 10)
                guard !over, tenfold < 1 << 40 else { return nil }
                number = tenfold + Int64(byte - 0x30)
                continue
            }
            guard let count = number else { return nil }
            switch byte {
            case UInt8(ascii: "s"): total += count
            case UInt8(ascii: "m"): total += count * 60
            case UInt8(ascii: "h"): total += count * 3_600
            case UInt8(ascii: "d"): total += count * 86_400
            case UInt8(ascii: "w"): total += count * 7 * 86_400
            case UInt8(ascii: "y"): total += count * 365 * 86_400
            default: return nil
            }
            number = nil
        }
        guard number == nil, total > 0, total < 1 << 40 else { return nil }
        return total
    }

    /// An expiry: a date (its last second), a moment, a length of time from now, or `never`.
    package static func expiry(_ text: String, now: Timestamp) throws(Failure) -> Expiry {
        if text == "never" { return .never }
        if let moment = Timestamp(text) { return .at(moment) }
        if let seconds = duration(text) { return .at(Timestamp(seconds: now.seconds + seconds)) }
        throw Failure.usage(
            "an expiry is a date, a length of time, or never",
            advice: ["--expires 2027-06-30   --expires 90d   --expires never"])
    }
}
