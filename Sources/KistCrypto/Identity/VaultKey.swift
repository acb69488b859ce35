internal import SecretMemory

/// A vault's public key, by which an identity knows whose bundles to believe: `kist-vault-` and seven groups of eight.
package struct VaultKey: Hashable, Sendable, CustomStringConvertible {
    private static let text = CheckedText(
        prefix: prefix, byteCount: 32, checkBits: 24, group: 8, label: "kist/v1/vault-check")

    package static let prefix = "kist-vault-"

    private let recipient: Recipient

    /// 32 bytes, a canonical point.
    package var publicKey: [UInt8] { recipient.publicKey }

    /// - Returns: `nil` when no pair of a vault can have this key.
    package init?(publicKey: [UInt8]) {
        guard let recipient = Recipient(publicKey: publicKey) else { return nil }
        self.recipient = recipient
    }

    /// Reads the text form; case, spaces, line ends and hyphens do not matter.
    ///
    /// - Returns: `nil` when it is not the text of a vault's key, or a character is wrong.
    package init?(_ text: String) {
        guard text.utf8.count <= 1_024, let bytes = Self.text.decode(SecretBytes(copyingExposed: Array(text.utf8)))
        else { return nil }
        self.init(publicKey: bytes.withBytes { Array($0) })
    }

    package var description: String {
        Self.text.encode(SecretBytes(copyingExposed: publicKey)).withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
