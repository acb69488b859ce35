private import CSodium
internal import SecretMemory

/// The public half of an identity: something can be sealed for it. Not secret, but whose it is must be known.
///
/// Its text is `kist-recipient-` and seven groups of eight characters: the X25519 public key and 24 check bits.
package struct Recipient: Hashable, Sendable, CustomStringConvertible {
    private static let text = CheckedText(
        prefix: prefix, byteCount: 32, checkBits: 24, group: 8, label: "kist/v1/recipient-check")

    package static let prefix = "kist-recipient-"

    /// 32 bytes, a canonical point.
    package let publicKey: [UInt8]

    /// For the public key of a pair of our own.
    init(_ publicKey: [UInt8]) { self.publicKey = publicKey }

    /// - Returns: `nil` when the bytes are not 32, not the one encoding of their point, or of a point that gives every
    ///   pair the same key.
    package init?(publicKey: [UInt8]) {
        guard publicKey.count == 32, Self.isCanonical(publicKey), Self.isUsable(publicKey) else { return nil }
        self.publicKey = publicKey
    }

    /// Reads the text form; case, spaces, line ends and hyphens do not matter.
    ///
    /// - Returns: `nil` when it is not the text of a recipient, or a character is wrong.
    package init?(_ text: String) {
        guard text.utf8.count <= 1_024, let bytes = Self.text.decode(SecretBytes(copyingExposed: Array(text.utf8)))
        else { return nil }
        self.init(publicKey: bytes.withBytes { Array($0) })
    }

    package var description: String { Self.text(of: publicKey) }

    /// The text of 32 bytes that were a recipient once; they are not looked at again.
    package static func text(of publicKey: [UInt8]) -> String {
        text.encode(SecretBytes(copyingExposed: publicKey)).withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The 32 bytes of such a text. - Precondition: it is one.
    package static func publicKey(of text: String) -> [UInt8] {
        guard let bytes = Self.text.decode(SecretBytes(copyingExposed: Array(text.utf8))) else {
            preconditionFailure("not the text of a recipient")
        }
        return bytes.withBytes { Array($0) }
    }

    /// 80 bits to compare by eye or voice: the first of `B(LP("kist/v1/recipient-fingerprint") ‖ LP(public key))`, as
    /// `7Q4M-K2TD-9XWE-P3HF`.
    package var fingerprint: String {
        let hash = Blake2b.hash(Context("kist/v1/recipient-fingerprint").appending(publicKey).bytes)
        return CheckedText.groups(of: Array(hash[..<10]))
    }

    /// Below the prime 2^255 - 19: a greater number, or one with the top bit, names a point that has another name.
    private static func isCanonical(_ key: [UInt8]) -> Bool {
        guard key[31] <= 0x7F else { return false }
        return !(key[31] == 0x7F && key[1..<31].allSatisfy { $0 == 0xFF } && key[0] >= 0xED)
    }

    /// Not one of the few points of low order.
    private static func isUsable(_ key: [UInt8]) -> Bool {
        var shared = [UInt8](repeating: 0, count: 32)
        let scalar = [UInt8](repeating: 1, count: 32)
        return crypto_scalarmult(&shared, scalar, key) == 0
    }
}
