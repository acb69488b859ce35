package import KistCrypto
package import SecretMemory

/// What a passphrase slot asks: everything needed to turn a passphrase into its key. Not secret.
package struct SlotChallenge: Hashable, Sendable {
    /// 8 bytes.
    package let slot: [UInt8]
    /// 16 bytes.
    package let salt: [UInt8]
    package let cost: Argon2Cost
    /// Whether 32 random bytes are mixed into the key beside the passphrase.
    package let needsFactor: Bool

    package init(slot: [UInt8], salt: [UInt8], cost: Argon2Cost, needsFactor: Bool = false) {
        self.slot = slot
        self.salt = salt
        self.cost = cost
        self.needsFactor = needsFactor
    }

    /// A new challenge with a random salt.
    ///
    /// - Parameter slot: the id of the slot that gets it; `nil` for a new slot.
    package static func make(cost: Argon2Cost, slot: [UInt8]? = nil, needsFactor: Bool = false) -> SlotChallenge {
        SlotChallenge(
            slot: slot ?? RandomBytes.make(8), salt: RandomBytes.make(16), cost: cost, needsFactor: needsFactor)
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
