internal import KistCrypto
package import KistModel
internal import KistStore
package import SecretMemory

extension Vault {
    /// Opens a passphrase slot, then checks header, manifest, anchor and index, in this order.
    ///
    /// - Throws: `.wrongKey`, `.olderCopy`, `.forked`, `.otherVault`, `.damaged`, …; the vault stays as it was then.
    @discardableResult
    package func unlock(
        with key: consuming SlotKey, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus {
        defer { closeIfLocked() }
        let head = try loadHead()
        let challenge = key.challenge
        guard let slot = header.slots.first(where: { $0.challenge == challenge }) else { throw .wrongKey }
        let slotKeys = SlotKeys(kek: key.key, vaultID: header.vaultID, slotID: slot.id, kind: slot.kindBytes)
        try check(slot, slotKeys.commit)
        guard
            let root = try? slot.wrapped.withBytes({ (box) throws(SealError) in try SecretBox.open(box, slotKeys.wrap) }
            )
        else { throw .wrongKey }
        return try open(head, root: root, accepting)
    }

    /// Opens with the recovery code as typed (case, spaces and hyphens do not matter).
    ///
    /// - Throws: `.invalid` when the text cannot be a code (its check characters do not fit), else as `unlock(with:)`.
    @discardableResult
    package func unlock(
        recoveryCode text: borrowing SecretBytes, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus {
        guard let code = RecoveryCode.decode(text) else {
            throw .invalid("this is not a recovery code: check each group")
        }
        defer { closeIfLocked() }
        let head = try loadHead()
        let kek = Blake2b.condense(code, label: "kist/v1/recovery")
        let recipient = BoxKeyPair(seed: Slot.recipientSeed(kek))
        for slot in header.slots where slot.kind == .recovery {
            let slotKeys = SlotKeys(kek: kek, vaultID: header.vaultID, slotID: slot.id, kind: slot.kindBytes)
            do { try check(slot, slotKeys.commit) } catch { continue }
            let sender = header.publicKey
            guard
                let root = try? slot.wrapped.withBytes({ (box) throws(SealError) in
                    try recipient.open(box, from: sender)
                })
            else { throw .wrongKey }
            return try open(head, root: root, accepting)
        }
        throw .wrongKey
    }

    /// An attempt that failed leaves the file free.
    private func closeIfLocked() {
        if keys == nil { store.close() }
    }

    private func loadHead() throws(VaultError) -> StoredHead {
        guard let head = try VaultError.from({ () throws(StoreError) in try store.loadHead() }) else { throw .absent }
        header = try Header.decode(head.header)
        return head
    }

    /// The commitment is looked at before anything is opened: one slot, one key.
    private func check(_ slot: Slot, _ commit: borrowing SecretBytes) throws(VaultError) {
        let commitment = SlotKeys.commitment(commit, vaultPublicKey: header.publicKey, wrapped: slot.wrapped)
        guard ConstantTime.areEqual(slot.commitment, commitment) else { throw .wrongKey }
    }

    /// Opens everything behind the root key; of a backup's head, as much as a head is.
    func open(
        _ head: StoredHead, root: consuming SecretBytes, _ accepting: Acceptance
    ) throws(VaultError) -> AnchorStatus {
        let keys = Keys(root: RootKey(root), vaultID: header.vaultID, incarnation: header.incarnation)
        guard Header.isGenuine(head.header, keys.header), keys.slotPair.publicKey == header.publicKey else {
            throw .wrongKey
        }
        let manifest = try Manifest.open(head.manifest, keys.manifest)
        guard manifest.vaultID == header.vaultID, manifest.incarnation == header.incarnation,
            manifest.headerHash == Blake2b.hash(head.header), header.generation <= manifest.generation
        else { throw .damaged("the header does not belong to this manifest") }
        for epoch in header.epochs {
            guard
                let key = try? EpochKey.unwrap(
                    epoch.box, number: epoch.number, keys.epochWrap, vaultID: header.vaultID)
            else { throw .damaged("a data key does not open") }
            keys.epochs.append(key)
        }
        if store is HeadStore {
            self.keys = keys
            contents = Contents(manifest: manifest, sealedManifest: head.manifest, index: Index())
            return .new
        }
        let status = try compare(manifest, keys, accepting)
        let index = try loadIndex(manifest, keys)
        self.keys = keys
        contents = Contents(manifest: manifest, sealedManifest: head.manifest, index: index)
        anchorStatus = status
        remember()
        return status
    }

    private func loadIndex(_ manifest: Manifest, _ keys: Keys) throws(VaultError) -> Index {
        var index = Index(bits: manifest.bits)
        var isGood = true
        try VaultError.from { () throws(StoreError) in
            try store.loadPages { number, page in
                do { try index.load(number, page) } catch { isGood = false }
                return isGood
            }
        }
        guard isGood, UInt64(index.rows) == manifest.rows, UInt64(index.lookups) == manifest.lookups,
            index.digest(keys.index, incarnation: keys.incarnation) == manifest.digest
        else { throw .damaged("the index is not the one that was written last") }
        return index
    }
}
