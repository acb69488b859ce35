package import SecretMemory

/// 32 random bytes that are kept somewhere instead of remembered: what opens a slot by itself, or a passphrase's second
/// factor.
///
/// The text is `kist-key-` or `kist-factor-` and seven groups of eight characters: 256 bits and 24 check bits.
package enum StoredKeyText: CaseIterable, Sendable {
    case key
    case factor

    /// Bytes of the key itself.
    package static let byteCount = 32
    /// Bytes of the longest file that is read.
    package static let longest = 65_536

    private var text: CheckedText {
        switch self {
        case .key:
            CheckedText(prefix: "kist-key-", byteCount: 32, checkBits: 24, group: 8, label: "kist/v1/key-check")
        case .factor:
            CheckedText(prefix: "kist-factor-", byteCount: 32, checkBits: 24, group: 8, label: "kist/v1/factor-check")
        }
    }

    package static func make() -> SecretBytes { SecretBytes.makeRandom(count: byteCount) }

    /// - Precondition: 32 bytes.
    package func encode(_ key: borrowing SecretBytes) -> SecretBytes { text.encode(key) }

    /// The file of a key: lines of comment, which begin with `#`, and the text.
    package func file(_ key: borrowing SecretBytes, comment: [String]) -> SecretBytes {
        var file = SecretBuffer(capacity: 1_024)
        for line in comment { file.append("# \(line)\n") }
        file.append(encode(key))
        file.append("\n")
        return file.finish()
    }

    /// Reads a text, or a file with exactly one; comments and blank lines do not matter.
    ///
    /// - Returns: `nil` when there is none or more than one, or a character is wrong.
    package func decode(_ file: borrowing SecretBytes) -> SecretBytes? {
        guard file.count <= Self.longest else { return nil }
        var lines: [Range<Int>] = []
        file.withBytes { bytes in
            var start = 0
            for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                let content = line.drop {
                    $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r")
                }
                if let first = content.first, first != UInt8(ascii: "#") { lines.append(start..<start + line.count) }
                start += line.count + 1
            }
        }
        guard lines.count == 1 else { return nil }
        return text.decode(file.slice(lines[0]))
    }
}
