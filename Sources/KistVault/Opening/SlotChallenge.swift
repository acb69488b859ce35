package import KistCrypto
package import SecretMemory

/// What a passphrase slot asks: everything needed to turn a passphrase into its key. Not secret.
package struct SlotChallenge: Hashable, Sendable {
    /// 8 bytes.
    package let slot: [UInt8]
    /// 16 bytes.
    package let salt: [UInt8]
    package let cost: Argon2Cost

    package init(slot: [UInt8], salt: [UInt8], cost: Argon2Cost) {
        self.slot = slot
        self.salt = salt
        self.cost = cost
    }

    /// A new slot's challenge, with a random id and salt.
    package static func make(cost: Argon2Cost) -> SlotChallenge {
        SlotChallenge(slot: RandomBytes.make(8), salt: RandomBytes.make(16), cost: cost)
    }
}

/// A key-encryption key (32 bytes) together with the challenge that it answers.
package struct SlotKey: ~Copyable, Sendable {
    package let challenge: SlotChallenge
    let key: SecretBytes

    package init(challenge: SlotChallenge, key: consuming SecretBytes) {
        self.challenge = challenge
        self.key = key
    }

    /// The key itself, for a test that opens many files without a derivation for each.
    package consuming func testOnlyKey() -> SecretBytes { key }
}
