package import KistCrypto
package import SecretMemory

/// Turns a passphrase into the key of a slot. It touches no vault, so it may run on any thread; run one at a time, for
/// each takes the memory that its cost says.
package enum KeyDerivation {
    /// Bytes of a second factor.
    package static let factorCount = 32

    /// - Parameter limits: what may be spent; checked before a byte is allocated.
    /// - Throws: `Argon2Error` when the cost lies outside the limits or memory is short. The bytes of the passphrase
    ///   have no influence on the error.
    package static func derive(
        _ passphrase: borrowing SecretBytes, for challenge: SlotChallenge, within limits: Argon2Limits = .here()
    ) throws(Argon2Error) -> SlotKey {
        try derive(passphrase, factor: SecretBytes(count: 0) { _ in }, for: challenge, within: limits)
    }

    /// With a second factor.
    ///
    /// - Parameter factor: 32 bytes; left aside when the challenge does not need one. None are no bytes, which open nothing
    ///   that needs them.
    package static func derive(
        _ passphrase: borrowing SecretBytes, factor: borrowing SecretBytes, for challenge: SlotChallenge,
        within limits: Argon2Limits = .here()
    ) throws(Argon2Error) -> SlotKey {
        let key = try Argon2id.derive(passphrase, salt: challenge.salt, cost: challenge.cost, within: limits)
        guard challenge.needsFactor else { return SlotKey(challenge: challenge, key: key) }
        return SlotKey(challenge: challenge, key: mix(factor, into: key))
    }

    /// `B(Argon2id(…), LP("kist/v1/2f") ‖ LP(u8 1) ‖ LP(factor32))`.
    private static func mix(_ factor: borrowing SecretBytes, into key: borrowing SecretBytes) -> SecretBytes {
        var message = SecretBuffer(capacity: 128)
        let head = Context("kist/v1/2f").appending([1]).appending(plain: UInt32(factor.count)).bytes
        head.withUnsafeBytes { message.append($0) }
        message.append(factor)
        return message.withBytes { Blake2b.derive(key, $0) }
    }
}
