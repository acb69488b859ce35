internal import KistCrypto
internal import SecretMemory

/// A slot and the root that it wraps.
struct OpenedSlot: ~Copyable {
    let slot: Slot
    private let root: SecretBytes

    init(slot: Slot, root: consuming SecretBytes) {
        self.slot = slot
        self.root = root
    }

    consuming func takeRoot() -> SecretBytes { root }

    borrowing func isAround(_ other: borrowing RootKey) -> Bool { root == other.secret }
}

extension Header {
    /// The slot that a key opens.
    ///
    /// - Throws: `.wrongKey` when there is none.
    func slot(openedBy opener: borrowing Opener) throws(VaultError) -> OpenedSlot {
        switch opener {
        case .passphrase(let key):
            guard let slot = slots.first(where: { $0.challenge == key.challenge }) else { throw .wrongKey }
            guard let opened = open(slot, key.key) else { throw .wrongKey }
            return opened
        case .stored(let key):
            for slot in slots where slot.kind.sort.isStoredKey {
                if let opened = open(slot, key) { return opened }
            }
        case .recovery(let code):
            let kek = Blake2b.condense(code, label: "kist/v1/recovery")
            let pair = BoxKeyPair(seed: Slot.recipientSeed(kek))
            for slot in slots where slot.kind.sort == .recovery {
                if let opened = open(slot, kek, pair) { return opened }
            }
        case .identity(let file):
            guard let kek = try? file.identity.pair.sharedKey(with: publicKey) else { throw .wrongKey }
            for slot in slots where slot.kind.sort == .recipient {
                if let opened = open(slot, kek, file.identity.pair) { return opened }
            }
        }
        throw .wrongKey
    }

    private func open(_ slot: Slot, _ kek: borrowing SecretBytes) -> OpenedSlot? {
        let keys = SlotKeys(kek: kek, vaultID: vaultID, slotID: slot.id, kind: slot.kindBytes)
        guard isCommitted(slot, keys.commit),
            let root = try? slot.wrapped.withBytes({ (box) throws(SealError) in try SecretBox.open(box, keys.wrap) })
        else { return nil }
        return OpenedSlot(slot: slot, root: root)
    }

    private func open(_ slot: Slot, _ kek: borrowing SecretBytes, _ pair: borrowing BoxKeyPair) -> OpenedSlot? {
        let keys = SlotKeys(kek: kek, vaultID: vaultID, slotID: slot.id, kind: slot.kindBytes)
        guard isCommitted(slot, keys.commit) else { return nil }
        let root: SecretBytes
        do {
            root = try slot.wrapped.withBytes { (box) throws(SealError) in try pair.open(box, from: publicKey) }
        } catch { return nil }
        return OpenedSlot(slot: slot, root: root)
    }

    /// The commitment is looked at before anything is opened: one slot, one key.
    private func isCommitted(_ slot: Slot, _ commit: borrowing SecretBytes) -> Bool {
        let commitment = SlotKeys.commitment(commit, vaultPublicKey: publicKey, wrapped: slot.wrapped)
        return ConstantTime.areEqual(slot.commitment, commitment)
    }
}
