package import SecretMemory

/// The recovery code: 128 random bits and 12 check bits, as seven groups of four characters, `7Q4M-K2TD-…`.
package enum RecoveryCode {
    private static let text = CheckedText(
        prefix: "", byteCount: byteCount, checkBits: 12, group: 4, label: "kist/v1/recovery-check")

    /// Characters without hyphens.
    package static let characters = 28
    /// Random bytes.
    package static let byteCount = 16

    /// 16 random bytes.
    package static func make() -> SecretBytes { SecretBytes.makeRandom(count: byteCount) }

    /// The text of 16 bytes: 34 characters, ASCII.
    package static func encode(_ code: borrowing SecretBytes) -> SecretBytes { text.encode(code) }

    /// The 16 bytes of a text.
    ///
    /// - Returns: `nil` when the text has another length, a foreign character or a wrong check.
    package static func decode(_ text: borrowing SecretBytes) -> SecretBytes? { Self.text.decode(text) }

    /// Public bytes (a multiple of five bits each) in the same alphabet and groups.
    package static func groups(of bytes: [UInt8]) -> String { CheckedText.groups(of: bytes) }
}
