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

    package static func policy(_ text: String) throws(Failure) -> Policy {
        guard let policy = Policy(rawValue: text) else {
            throw Failure.usage("a policy is \(Policy.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return policy
    }

    private static func usage(_ error: NameError) -> Failure { Failure.usage("\(error.what): \(error.rule)") }

    /// A length of time: `90d`, `12h`, `30m`, `45s`, `2w`, or whole words of them together (`1d12h`).
    ///
    /// - Returns: seconds, 1 to `longest`.
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
            guard let count = number, let unit = unit(byte) else { return nil }
            let (length, tooLong) = count.multipliedReportingOverflow(by: unit)
            guard !tooLong, length <= longest else { return nil }
            total += length
            guard total <= longest else { return nil }
            number = nil
        }
        guard number == nil, total > 0 else { return nil }
        return total
    }

    /// The longest length of time: a thousand years of 365 days, in seconds.
    package static let longest: Int64 = 1_000 * 365 * 86_400

    /// The last second that the form of a date can name.
    private static let lastMoment = Timestamp("9999-12-31T23:59:59Z")!

    private static func unit(_ letter: UInt8) -> Int64? {
        switch letter {
        case UInt8(ascii: "s"): 1
        case UInt8(ascii: "m"): 60
        case UInt8(ascii: "h"): 3_600
        case UInt8(ascii: "d"): 86_400
        case UInt8(ascii: "w"): 7 * 86_400
        case UInt8(ascii: "y"): 365 * 86_400
        default: nil
        }
    }

    /// An expiry: a date (its last second), a moment, a length of time from now, or `never`.
    package static func expiry(_ text: String, now: Timestamp) throws(Failure) -> Expiry {
        if text == "never" { return .never }
        let (later, over) = now.seconds.addingReportingOverflow(duration(text) ?? 0)
        if let moment = Timestamp(text) ?? (later > now.seconds && !over ? Timestamp(seconds: later) : nil) {
            guard moment.seconds >= 0, moment <= lastMoment else {
                throw Failure.usage(
                    "an expiry lies between the years 1970 and 9999", advice: ["for good:  --expires never"])
            }
            return .at(moment)
        }
        throw Failure.usage(
            "an expiry is a date up to the year 9999, a length of time up to 1000y, or never",
            advice: ["--expires 2027-06-30   --expires 90d   --expires never"])
    }
}
