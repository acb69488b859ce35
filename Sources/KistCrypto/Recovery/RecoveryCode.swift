package import SecretMemory

/// The recovery code: 128 random bits and 12 check bits, as seven groups of four characters, `7Q4M-K2TD-…`.
///
/// The alphabet is Crockford's base 32 (no I, L, O, U). When read, case, spaces and hyphens do not matter, I and L are 1
/// and O is 0. The check tells a slip of the pen from a wrong code before any key is tried.
package enum RecoveryCode {
    /// Characters without hyphens.
    package static let characters = 28
    /// Random bytes.
    package static let byteCount = 16

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// 16 random bytes.
    package static func make() -> SecretBytes { SecretBytes.makeRandom(count: byteCount) }

    /// The text of 16 bytes: 34 characters, ASCII.
    package static func encode(_ code: borrowing SecretBytes) -> SecretBytes {
        precondition(code.count == byteCount)
        let bits = withCheck(code)
        return SecretBytes(count: characters + 6) { text in
            bits.withBytes { bits in
                var position = 0
                for index in 0..<characters {
                    if index > 0, index % 4 == 0 {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    text[position] = alphabet[Int(fiveBits(bits, index))]
                    position += 1
                }
            }
        }
    }

    /// The 16 bytes of a text.
    ///
    /// - Returns: `nil` when the text has another length, a foreign character or a wrong check.
    package static func decode(_ text: borrowing SecretBytes) -> SecretBytes? {
        var isGood = true
        // 18 bytes; the last four bits stay zero.
        let read = SecretBytes(count: byteCount + 2) { bits in
            text.withBytes { text in
                var index = 0
                for character in text where !isSeparator(character) {
                    guard index < characters, let value = value(character) else {
                        isGood = false
                        return
                    }
                    for bit in 0..<5 where value & (16 >> bit) != 0 {
                        let place = index * 5 + bit
                        bits[place / 8] |= 128 >> UInt8(place % 8)
                    }
                    index += 1
                }
                if index != characters { isGood = false }
            }
        }
        guard isGood else { return nil }
        let code = read.slice(0..<byteCount)
        guard withCheck(code) == read else { return nil }
        return code
    }

    /// The code followed by its 12 check bits and four zero bits: 18 bytes.
    private static func withCheck(_ code: borrowing SecretBytes) -> SecretBytes {
        let check = Blake2b.condense(code, label: "kist/v1/recovery-check")
        return SecretBytes(count: byteCount + 2) { bits in
            code.withBytes { bits.copyMemory(from: $0) }
            check.withBytes { check in
                bits[byteCount] = check[0]
                bits[byteCount + 1] = check[1] & 0xF0
            }
        }
    }

    private static func fiveBits(_ bits: UnsafeRawBufferPointer, _ index: Int) -> UInt8 {
        var value: UInt8 = 0
        for bit in index * 5..<index * 5 + 5 {
            value = value << 1 | (bits[bit / 8] >> UInt8(7 - bit % 8)) & 1
        }
        return value
    }

    /// Public bytes (a multiple of five bits each) in the same alphabet and groups.
    package static func groups(of bytes: [UInt8]) -> String {
        var text = ""
        bytes.withUnsafeBytes { bits in
            for index in 0..<bytes.count * 8 / 5 {
                if index > 0, index % 4 == 0 { text += "-" }
                text.unicodeScalars.append(Unicode.Scalar(alphabet[Int(fiveBits(bits, index))]))
            }
        }
        return text
    }

    private static func isSeparator(_ character: UInt8) -> Bool {
        character == UInt8(ascii: "-") || character == UInt8(ascii: " ") || character == UInt8(ascii: "\n")
            || character == UInt8(ascii: "\r") || character == UInt8(ascii: "\t")
    }

    private static func value(_ character: UInt8) -> UInt8? {
        let upper = character >= UInt8(ascii: "a") && character <= UInt8(ascii: "z") ? character - 32 : character
        switch upper {
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        case UInt8(ascii: "O"): return 0
        default: return alphabet.firstIndex(of: upper).map { UInt8($0) }
        }
    }
}
