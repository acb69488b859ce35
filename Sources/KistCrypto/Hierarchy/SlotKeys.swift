package import SecretMemory

/// The two keys of a slot, kept apart by domain: one wraps the root key, one commits to the slot.
package struct SlotKeys: ~Copyable, Sendable {
    package let wrap: SecretBytes
    package let commit: SecretBytes

    /// - Parameters:
    ///   - kek: the key-encryption key of the slot, 32 bytes.
    ///   - vaultID: 16 bytes.
    ///   - slotID: 8 bytes.
    ///   - kind: the slot's kind byte followed by its parameters as they stand in the header.
    package init(kek: borrowing SecretBytes, vaultID: [UInt8], slotID: [UInt8], kind: [UInt8]) {
        func derive(_ label: String) -> Context {
            Context(label).appending(vaultID).appending(slotID).appending(kind)
        }
        wrap = Blake2b.derive(kek, derive("kist/v1/wrap"))
        commit = Blake2b.derive(kek, derive("kist/v1/commit"))
    }

    /// `BLAKE2b(commit key, LP("kist/v1/commitment") ‖ LP(vault's public key) ‖ LP(nonce ‖ wrapped))`: only one key fits a
    /// slot, and nobody without that key can plant a slot for it.
    package static func commitment(
        _ commit: borrowing SecretBytes, vaultPublicKey: [UInt8], wrapped: [UInt8]
    ) -> [UInt8] {
        Blake2b.tag(commit, Context("kist/v1/commitment").appending(vaultPublicKey).appending(wrapped))
    }
}
