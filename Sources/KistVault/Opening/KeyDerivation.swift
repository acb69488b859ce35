package import KistCrypto
package import SecretMemory

/// Turns a passphrase into the key of a slot. It touches no vault, so it may run on any thread; run one at a time, for
/// each takes the memory that its cost says.
package enum KeyDerivation {
    /// - Parameter limits: what may be spent; checked before a byte is allocated.
    /// - Throws: `Argon2Error` when the cost lies outside the limits or memory is short. The bytes of the passphrase
    ///   have no influence on the error.
    package static func derive(
        _ passphrase: borrowing SecretBytes, for challenge: SlotChallenge, within limits: Argon2Limits = .here()
    ) throws(Argon2Error) -> SlotKey {
        let key = try Argon2id.derive(passphrase, salt: challenge.salt, cost: challenge.cost, within: limits)
        return SlotKey(challenge: challenge, key: key)
    }
}
