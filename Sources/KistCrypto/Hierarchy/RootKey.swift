package import SecretMemory

/// What a key under the root is for; the raw value is part of its label.
package enum RootPurpose: String, CaseIterable, Sendable {
    case header, name, manifest, index, anchor, audit, backup, rekey
    case slotPair = "slot-pair"
    case slotInfo = "slot-info"
    case epochWrap = "epoch-wrap"
}

/// The root key: it wraps nothing and seals nothing itself, it only derives.
package struct RootKey: ~Copyable, Sendable {
    /// 32 bytes; leaves this type only to be wrapped in a slot.
    package let secret: SecretBytes

    /// - Precondition: 32 bytes.
    package init(_ secret: consuming SecretBytes) {
        precondition(secret.count == 32)
        self.secret = secret
    }

    package static func make() -> RootKey { RootKey(SecretBytes.makeRandom(count: 32)) }

    /// `BLAKE2b(root, LP("kist/v1/root") ‖ LP(purpose) ‖ LP(vault id))`.
    package borrowing func derive(_ purpose: RootPurpose, vaultID: [UInt8]) -> SecretBytes {
        Blake2b.derive(secret, Context("kist/v1/root").appending(purpose.rawValue).appending(vaultID))
    }
}
