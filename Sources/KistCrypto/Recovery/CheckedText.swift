package import SecretMemory

/// Bytes as text that a person can copy: an optional prefix, the bytes and some check bits in Crockford's base 32 (no I, L,
/// O, U), in groups with hyphens.
///
/// When read, case, spaces, line ends and hyphens do not matter, I and L are 1 and O is 0. The check tells a slip of the
/// pen from a wrong key before any key is tried.
package struct CheckedText: Sendable {
    /// What the text begins with, in lower case: "kist-recipient-"; empty for none.
    let prefix: String
    let byteCount: Int
    /// With the bytes' bits a multiple of five.
    let checkBits: Int
    /// Characters of a group.
    let group: Int
    /// Binds the check to what the text is for.
    let label: String

    /// Characters without prefix and hyphens.
    package var characters: Int { (byteCount * 8 + checkBits) / 5 }
    /// Bytes of the whole text.
    package var textCount: Int { prefix.utf8.count + characters + (characters - 1) / group }

    package static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The text of `byteCount` bytes, ASCII.
    package func encode(_ secret: borrowing SecretBytes) -> SecretBytes {
        precondition(secret.count == byteCount)
        let bits = withCheck(secret)
        return SecretBytes(count: textCount) { text in
            text.copyBytes(from: prefix.utf8)
            bits.withBytes { bits in
                var position = prefix.utf8.count
                for index in 0..<characters {
                    if index > 0, index % group == 0 {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    text[position] = Self.alphabet[Int(Self.fiveBits(bits, index))]
                    position += 1
                }
            }
        }
    }

    /// The bytes of a text.
    ///
    /// - Returns: `nil` when the text has another prefix or length, a foreign character or a wrong check.
    package func decode(_ text: borrowing SecretBytes) -> SecretBytes? {
        var isGood = true
        let read = SecretBytes(count: byteCount + (checkBits + 7) / 8) { bits in
            text.withBytes { text in
                guard let rest = afterPrefix(text) else {
                    isGood = false
                    return
                }
                var index = 0
                for character in rest where !Self.isSeparator(character) {
                    guard index < characters, let value = Self.value(character) else {
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
        let secret = read.slice(0..<byteCount)
        guard withCheck(secret) == read else { return nil }
        return secret
    }

    /// What follows the prefix; `nil` when the text does not begin with it.
    private func afterPrefix(_ text: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        let trimmed = prefix.isEmpty ? text[...] : text.drop(while: Self.isSpace)
        guard trimmed.count >= prefix.utf8.count, zip(trimmed, prefix.utf8).allSatisfy({ Self.lower($0) == $1 }) else {
            return nil
        }
        return trimmed.dropFirst(prefix.utf8.count)
    }

    /// The bytes followed by their check bits and zero bits up to a whole byte.
    private func withCheck(_ secret: borrowing SecretBytes) -> SecretBytes {
        let check = Blake2b.condense(secret, label: label)
        return SecretBytes(count: byteCount + (checkBits + 7) / 8) { bits in
            secret.withBytes { bits.copyMemory(from: $0) }
            check.withBytes { check in
                for bit in 0..<checkBits { bits[byteCount + bit / 8] |= check[bit / 8] & (128 >> UInt8(bit % 8)) }
            }
        }
    }

    /// Public bytes (a multiple of five bits each) in the same alphabet, in groups of four.
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

    private static func fiveBits(_ bits: UnsafeRawBufferPointer, _ index: Int) -> UInt8 {
        var value: UInt8 = 0
        for bit in index * 5..<index * 5 + 5 {
            value = value << 1 | (bits[bit / 8] >> UInt8(7 - bit % 8)) & 1
        }
        return value
    }

    private static func isSeparator(_ character: UInt8) -> Bool {
        character == UInt8(ascii: "-") || isSpace(character)
    }

    private static func isSpace(_ character: UInt8) -> Bool {
        character == UInt8(ascii: " ") || character == UInt8(ascii: "\n") || character == UInt8(ascii: "\r")
            || character == UInt8(ascii: "\t")
    }

    private static func lower(_ character: UInt8) -> UInt8 {
        character >= UInt8(ascii: "A") && character <= UInt8(ascii: "Z") ? character + 32 : character
    }

    private static func value(_ character: UInt8) -> UInt8? {
        let lower = lower(character)
        let upper = lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") ? lower - 32 : character
        switch upper {
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        case UInt8(ascii: "O"): return 0
        default: return alphabet.firstIndex(of: upper).map { UInt8($0) }
        }
    }
}
