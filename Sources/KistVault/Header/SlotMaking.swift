internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// Slots of each kind around the root of `keys`. Whoever changes the root makes them anew for the new keys.
extension Slot {
    /// A passphrase slot; its id, cost and salt are the challenge's.
    static func wrapping(
        _ keys: Keys, _ kek: borrowing SecretBytes, challenge: SlotChallenge, label: String = "", now: Timestamp
    ) -> Slot {
        let kind = Kind.passphrase(
            cost: challenge.cost, salt: challenge.salt, needsFactor: challenge.needsFactor)
        return wrapping(keys, kek, Slot(id: challenge.slot, kind: kind), label: label, now: now)
    }

    /// A slot of a stored key: 32 random bytes are the KEK themselves.
    static func storing(
        _ keys: Keys, _ key: borrowing SecretBytes, _ sort: SlotSort, id: [UInt8]? = nil, label: String = "",
        now: Timestamp
    ) -> Slot {
        precondition(sort.isStoredKey && key.count == 32)
        return wrapping(keys, key, Slot(id: id ?? RandomBytes.make(8), kind: .plain(sort)), label: label, now: now)
    }

    /// A recovery slot: a box from the vault's own pair to the pair that the code gives.
    static func recovering(
        _ keys: Keys, _ code: borrowing SecretBytes, id: [UInt8]? = nil, label: String = "", now: Timestamp
    ) -> Slot {
        var slot = Slot(id: id ?? RandomBytes.make(8), kind: .plain(.recovery))
        let kek = Blake2b.condense(code, label: "kist/v1/recovery")
        let slotKeys = SlotKeys(kek: kek, vaultID: keys.vaultID, slotID: slot.id, kind: slot.kindBytes)
        let recipient = BoxKeyPair(seed: recipientSeed(kek)).publicKey
        guard (try? slot.box(keys, recipient, slotKeys.commit)) != nil else {
            preconditionFailure("a key pair from a seed is always usable")
        }
        let info = SlotInfo(created: now, label: label, recipient: recipient, commit: slotKeys.commit.copy())
        slot.info = info.seal(keys, slot: slot.id)
        return slot
    }

    /// A recipient's slot: a box from the vault's own pair to the recipient's.
    ///
    /// - Throws: when `recipient` is not a usable public key.
    static func sealing(
        _ keys: Keys, for recipient: [UInt8], id: [UInt8]? = nil, label: String = "", now: Timestamp
    ) throws(SealError) -> Slot {
        var slot = Slot(id: id ?? RandomBytes.make(8), kind: .plain(.recipient))
        let kek = try keys.slotPair.sharedKey(with: recipient)
        let slotKeys = SlotKeys(kek: kek, vaultID: keys.vaultID, slotID: slot.id, kind: slot.kindBytes)
        try slot.box(keys, recipient, slotKeys.commit)
        slot.info = SlotInfo(created: now, label: label, recipient: recipient).seal(keys, slot: slot.id)
        return slot
    }

    /// The same slot around another root, made without the slot's own secret: possible for a recovery code and for a
    /// recipient, whose public keys are in the sealed info.
    ///
    /// - Parameters:
    ///   - old: the keys under which this slot stands now.
    ///   - new: keys of the same vault id.
    /// - Returns: `nil` for a kind that needs its secret.
    /// - Throws: when the info does not open.
    func renewed(from old: Keys, for new: Keys) throws(Malformed) -> Slot? {
        guard kind.sort.isPublic else { return nil }
        let info = try SlotInfo.open(info, kind, old, slot: id)
        guard let recipient = info.recipient else { throw Malformed() }
        var slot = Slot(id: id, kind: kind)
        do {
            if info.commit.count > 0 {
                try slot.box(new, recipient, info.commit)
            } else {
                let kek = try new.slotPair.sharedKey(with: recipient)
                try slot.box(
                    new, recipient, SlotKeys(kek: kek, vaultID: new.vaultID, slotID: id, kind: kindBytes).commit)
            }
        } catch { throw Malformed() }
        slot.info = info.seal(new, slot: id)
        return slot
    }

    /// The seed of the pair that a recovery code's key gives.
    static func recipientSeed(_ kek: borrowing SecretBytes) -> SecretBytes {
        Blake2b.derive(kek, Context("kist/v1/recipient"))
    }

    /// The root in a box under a key from `kek`.
    private static func wrapping(
        _ keys: Keys, _ kek: borrowing SecretBytes, _ empty: Slot, label: String, now: Timestamp
    ) -> Slot {
        var slot = empty
        let slotKeys = SlotKeys(kek: kek, vaultID: keys.vaultID, slotID: slot.id, kind: slot.kindBytes)
        keys.root.secret.withBytes { SecretBox.seal($0, slotKeys.wrap, appendingTo: &slot.wrapped) }
        slot.commitment = SlotKeys.commitment(
            slotKeys.commit, vaultPublicKey: keys.slotPair.publicKey, wrapped: slot.wrapped)
        slot.info = SlotInfo(created: now, label: label).seal(keys, slot: slot.id)
        return slot
    }

    private mutating func box(
        _ keys: Keys, _ recipient: [UInt8], _ commit: borrowing SecretBytes
    ) throws(SealError) {
        let pair = keys.slotPair
        wrapped = try pair.seal(keys.root.secret, for: recipient)
        commitment = SlotKeys.commitment(commit, vaultPublicKey: pair.publicKey, wrapped: wrapped)
    }
}
