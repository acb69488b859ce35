/// The text behind one-time codes (TOTP, RFC 6238) as platforms hand it out: the bare secret in base 32, or a whole
/// `otpauth://totp/…?secret=…&digits=…&period=…&algorithm=…`.
///
/// It holds places and numbers, never any of the secret: reading happens on the raw bytes.
package struct OneTimeText: Hashable, Sendable {
    package enum Algorithm: String, CaseIterable, Hashable, Sendable {
        case sha1 = "SHA1"
        case sha256 = "SHA256"
        case sha512 = "SHA512"
    }

    /// Where the secret in base 32 stands.
    package let secret: Range<Int>
    /// Bytes of the secret once decoded.
    package let keyCount: Int
    package let algorithm: Algorithm
    /// Digits of a code, 6 to 8.
    package let digits: Int
    /// Seconds for which a code is good.
    package let period: Int64

    /// Bytes of a key: what short-sighted platforms give out at least, and more than any hash takes in.
    package static let keyCounts = 8...128
    package static let longest = 2_048

    /// - Throws: `OneTimeFault`.
    package init(_ bytes: UnsafeRawBufferPointer) throws(OneTimeFault) {
        guard bytes.count <= Self.longest else { throw .secret }
        var place: Range<Int>?
        var algorithm = Algorithm.sha1
        var digits = 6
        var period: Int64 = 30
        if let query = try Self.query(bytes) {
            var seen: Set<String> = []
            var start = query
            while start < bytes.count {
                let end = bytes[start...].firstIndex { $0 == UInt8(ascii: "&") } ?? bytes.count
                let equals = bytes[start..<end].firstIndex { $0 == UInt8(ascii: "=") } ?? end
                let key = String(decoding: bytes[start..<equals], as: UTF8.self).lowercased()
                let value = min(equals + 1, end)..<end
                if ["secret", "algorithm", "digits", "period"].contains(key), !seen.insert(key).inserted {
                    throw .parameter(key)
                }
                switch key {
                case "secret": place = value
                case "algorithm":
                    guard let known = Self.algorithm(bytes, value) else { throw .parameter(key) }
                    algorithm = known
                case "digits":
                    guard let number = Self.number(bytes, value), (6...8).contains(number) else {
                        throw .parameter(key)
                    }
                    digits = number
                case "period":
                    guard let number = Self.number(bytes, value), (1...3_600).contains(number) else {
                        throw .parameter(key)
                    }
                    period = Int64(number)
                // Names and pictures.
                default: break
                }
                start = end + 1
            }
        } else {
            place = 0..<bytes.count
        }
        guard let place, let count = Self.values(of: bytes, in: place, { _ in }), count.isWhole,
            Self.keyCounts.contains(count.characters * 5 / 8)
        else { throw .secret }
        secret = place
        keyCount = count.characters * 5 / 8
        self.algorithm = algorithm
        self.digits = digits
        self.period = period
    }

    /// Hands out the five bits of each character of the secret, in order. Case does not matter; blanks, hyphens and padding
    /// (percent-encoded, too) are skipped.
    package func eachValue(_ bytes: UnsafeRawBufferPointer, _ body: (UInt8) -> Void) {
        _ = Self.values(of: bytes, in: secret, body)
    }

    private struct Count {
        var characters: Int
        /// No character is left over that belongs to no byte.
        var isWhole: Bool { [0, 2, 4, 5, 7].contains(characters % 8) }
    }

    /// - Returns: `nil` when there is a character that does not belong there.
    private static func values(
        of bytes: UnsafeRawBufferPointer, in place: Range<Int>, _ body: (UInt8) -> Void
    ) -> Count? {
        var count = Count(characters: 0)
        var isPadding = false
        var index = place.lowerBound
        while index < place.upperBound {
            var byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "%"), index + 2 <= place.upperBound {
                // What URIs do with padding and blanks.
                switch (bytes[index], bytes[index + 1] | 0x20) {
                case (UInt8(ascii: "3"), UInt8(ascii: "d")): byte = UInt8(ascii: "=")
                case (UInt8(ascii: "2"), UInt8(ascii: "0")): byte = UInt8(ascii: " ")
                default: return nil
                }
                index += 2
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "="): isPadding = true
            case _ where isPadding: return nil
            case UInt8(ascii: "a")...UInt8(ascii: "z"): body(byte - UInt8(ascii: "a"))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): body(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "2")...UInt8(ascii: "7"): body(byte - UInt8(ascii: "2") + 26)
            default: return nil
            }
            if !isPadding { count.characters += 1 }
        }
        return count
    }

    /// Where the parameters begin; `nil` for a bare secret.
    private static func query(_ bytes: UnsafeRawBufferPointer) throws(OneTimeFault) -> Int? {
        let scheme = "otpauth://"
        guard starts(bytes[...], with: scheme) else { return nil }
        let rest = bytes[scheme.utf8.count...]
        guard !starts(rest, with: "hotp/") else { throw .counter }
        guard starts(rest, with: "totp/"), let mark = rest.firstIndex(of: UInt8(ascii: "?")) else { throw .secret }
        return mark + 1
    }

    /// - Parameter text: in lower case.
    private static func starts(_ bytes: Slice<UnsafeRawBufferPointer>, with text: String) -> Bool {
        bytes.count >= text.utf8.count
            && zip(bytes, text.utf8).allSatisfy {
                ((65...90).contains($0) ? $0 + 32 : $0) == $1
            }
    }

    private static func algorithm(_ bytes: UnsafeRawBufferPointer, _ place: Range<Int>) -> Algorithm? {
        guard place.count <= 16 else { return nil }
        return Algorithm(rawValue: String(decoding: bytes[place], as: UTF8.self).uppercased())
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, _ place: Range<Int>) -> Int? {
        guard (1...4).contains(place.count), bytes[place].allSatisfy({ (48...57).contains($0) }) else { return nil }
        return bytes[place].reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}

/// Why a text is none of one-time codes. It holds none of it.
package enum OneTimeFault: Error, Hashable, Sendable {
    /// Not base 32, or too short or long for a key.
    case secret
    /// Codes that count instead of looking at the clock (`otpauth://hotp`): giving one out would change the secret.
    case counter
    /// This parameter is none that is known, or stands there twice.
    case parameter(String)

    /// A phrase to follow a colon.
    package var why: String {
        switch self {
        case .secret: "it is neither base 32 (A-Z, 2-7) nor an otpauth:// address with such a secret"
        case .counter: "codes that count (hotp) cannot be shared; ask the platform for time-based ones"
        case .parameter(let name): "its \(name) is not known, or stands there twice"
        }
    }
}

extension FieldName {
    /// The secret field that holds the text behind one-time codes.
    package static let oneTimeText = FieldName(known: "totp")
    /// The field that is not stored: the code of this moment, made from `oneTimeText` where that is opened.
    package static let oneTimeCode = FieldName(known: "otp")
}
