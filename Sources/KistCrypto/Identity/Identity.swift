package import SecretMemory

/// The secret half of a recipient: a seed of 32 random bytes, from which its X25519 pair comes.
///
/// Its text is `kist-identity-` and seven groups of eight characters: 256 bits and 24 check bits.
package struct Identity: ~Copyable, Sendable {
    private static let text = CheckedText(
        prefix: prefix, byteCount: 32, checkBits: 24, group: 8, label: "kist/v1/identity-check")

    package static let prefix = "kist-identity-"
    /// Bytes of the text.
    package static let textCount = text.textCount

    private let seed: SecretBytes
    package let pair: BoxKeyPair

    /// - Precondition: 32 bytes.
    package init(seed: consuming SecretBytes) {
        pair = BoxKeyPair(seed: seed)
        self.seed = seed
    }

    package static func make() -> Identity { Identity(seed: SecretBytes.makeRandom(count: 32)) }

    /// Reads the text form; case, spaces, line ends and hyphens do not matter.
    ///
    /// - Returns: `nil` when it is not the text of an identity, or a character is wrong.
    package init?(text: borrowing SecretBytes) {
        guard let seed = Self.text.decode(text) else { return nil }
        self.init(seed: seed)
    }

    /// The text form: the whole secret.
    package borrowing func encode() -> SecretBytes { Self.text.encode(seed) }

    package var recipient: Recipient { Recipient(pair.publicKey) }
}
