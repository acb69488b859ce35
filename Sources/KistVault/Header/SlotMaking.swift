internal import KistCrypto
internal import KistModel
internal import SecretMemory

extension Slot {
    /// A passphrase slot around the root key.
    static func wrapping(
        _ keys: Keys, _ kek: borrowing SecretBytes, challenge: SlotChallenge, now: Timestamp
    ) -> Slot {
        var slot = Slot(id: challenge.slot, kind: .passphrase(cost: challenge.cost, salt: challenge.salt))
        let slotKeys = SlotKeys(kek: kek, vaultID: keys.vaultID, slotID: slot.id, kind: slot.kindBytes)
        keys.root.secret.withBytes { SecretBox.seal($0, slotKeys.wrap, appendingTo: &slot.wrapped) }
        slot.commitment = SlotKeys.commitment(
            slotKeys.commit, vaultPublicKey: keys.slotPair.publicKey, wrapped: slot.wrapped)
        slot.sealInfo(keys, created: now, recipient: nil, commit: nil)
        return slot
    }

    /// A recovery slot: a box from the vault's own pair to the pair that the code gives.
    static func recovering(_ keys: Keys, _ code: borrowing SecretBytes, now: Timestamp) -> Slot {
        var slot = Slot(id: RandomBytes.make(8), kind: .recovery)
        let kek = Blake2b.condense(code, label: "kist/v1/recovery")
        let slotKeys = SlotKeys(kek: kek, vaultID: keys.vaultID, slotID: slot.id, kind: slot.kindBytes)
        let recipient = BoxKeyPair(seed: recipientSeed(kek))
        let pair = keys.slotPair
        guard let wrapped = try? pair.seal(keys.root.secret, for: recipient.publicKey) else {
            preconditionFailure("a key pair from a seed is always usable")
        }
        slot.wrapped = wrapped
        slot.commitment = SlotKeys.commitment(slotKeys.commit, vaultPublicKey: pair.publicKey, wrapped: wrapped)
        slot.sealInfo(keys, created: now, recipient: recipient.publicKey, commit: slotKeys.commit.copy())
        return slot
    }

    /// The seed of the pair that a recovery code's key gives.
    static func recipientSeed(_ kek: borrowing SecretBytes) -> SecretBytes {
        Blake2b.derive(kek, Context("kist/v1/recipient"))
    }

    /// `u8 layout = 1 ‖ i64 created ‖ u8 has recipient ‖ [recipient32 ‖ commit key32]`, padded and boxed under the
    /// slot-info key bound to the slot: what a later change of the root needs to renew a recovery slot without the code.
    private mutating func sealInfo(
        _ keys: Keys, created: Timestamp, recipient: [UInt8]?, commit: consuming SecretBytes?
    ) {
        let count = 10 + (recipient == nil ? 0 : 64)
        var buffer = SecretBuffer(capacity: Padding.size(count))
        func put(_ bytes: [UInt8]) { bytes.withUnsafeBytes { buffer.append($0) } }
        var head = ByteWriter()
        head.number(UInt32(count))
        head.number(UInt8(1))
        head.number(created.seconds)
        head.number(UInt8(recipient == nil ? 0 : 1))
        put(head.bytes)
        if let recipient, let commit {
            put(recipient)
            buffer.append(commit)
        }
        put([UInt8](repeating: 0, count: Padding.size(count) - buffer.count))
        let key = Blake2b.derive(keys.slotInfo, Context("kist/v1/slot-info").appending(id))
        buffer.withBytes { SecretBox.seal($0, key, appendingTo: &info) }
    }
}
