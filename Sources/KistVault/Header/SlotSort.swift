/// The kinds of slots by their number in the header.
package enum SlotSort: UInt8, CaseIterable, Sendable {
    case passphrase = 1
    case recovery
    /// 32 random bytes in the desktop's keyring, in a file of the user's, in a credential of the service manager.
    case keyring, keyFile, credential
    /// Somebody's X25519 identity.
    case recipient

    /// Whether its key is 32 random bytes that are kept somewhere.
    package var isStoredKey: Bool { self == .keyring || self == .keyFile || self == .credential }

    /// Whether something can be sealed for it by whoever knows a public key: then only the pin tells a planted vault.
    var isPublic: Bool { self == .recovery || self == .recipient }
}
