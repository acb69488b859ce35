package import KistCrypto
package import SecretMemory

/// What somebody brings to open a vault, or to prove that they could.
package enum Opener: ~Copyable, Sendable {
    /// The key of a passphrase, for one slot.
    case passphrase(SlotKey)
    /// The 16 bytes of a recovery code.
    case recovery(SecretBytes)
    /// The 32 bytes of a keyring, a key file or a credential of the service manager.
    case stored(SecretBytes)
    /// An identity and the vaults that its holder trusts.
    case identity(IdentityFile)

    /// Reads a recovery code as typed.
    ///
    /// - Throws: `.invalid` when the text cannot be a code.
    package static func recovery(text: borrowing SecretBytes) throws(VaultError) -> Opener {
        guard let code = RecoveryCode.decode(text) else {
            throw .invalid("this is not a recovery code: check each group")
        }
        return .recovery(code)
    }

    /// - Throws: `.invalid` for another number of bytes.
    package static func stored(bytes: borrowing SecretBytes) throws(VaultError) -> Opener {
        guard bytes.count == 32 else { throw .invalid("a stored key has 32 bytes") }
        return .stored(bytes.copy())
    }

    /// Reads the text of an identity, alone or with the vaults it trusts.
    ///
    /// - Throws: `.invalid`, naming no part of the text.
    package static func identity(text: borrowing SecretBytes) throws(VaultError) -> Opener {
        do { return .identity(try IdentityFile(text)) } catch { throw .invalid("this is not an identity") }
    }

    /// Whether somebody who knows a public key could make a slot for it.
    var isPublic: Bool {
        switch self {
        case .passphrase: false
        case .recovery: true
        case .stored: false
        case .identity: true
        }
    }

    var isIdentity: Bool {
        switch self {
        case .passphrase: false
        case .recovery: false
        case .stored: false
        case .identity: true
        }
    }

    /// Whether its holder believes the vault with this public key.
    func trusts(_ publicKey: [UInt8]) -> Bool {
        switch self {
        case .passphrase: false
        case .recovery: false
        case .stored: false
        case .identity(let file): file.trusted.contains { $0.publicKey == publicKey }
        }
    }
}
