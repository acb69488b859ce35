internal import KistCrypto
package import KistModel
internal import KistStore
package import SecretMemory

extension Vault {
    /// Opens the slot that the key belongs to, then checks header, manifest, anchor and index, in this order. Whether this
    /// is the vault that is meant is looked at before anything is opened.
    ///
    /// - Parameter expected: the fingerprint of the vault that is meant, as text; `nil` when the caller does not know.
    /// - Throws: `.wrongKey`, `.otherVault`, `.unpinned`, `.olderCopy`, `.forked`, `.damaged`, …; the vault stays as it was
    ///   then.
    @discardableResult
    package func unlock(
        with opener: borrowing Opener, expecting expected: String? = nil, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus {
        defer { closeIfLocked() }
        let head = try loadHead()
        try checkPin(opener, expected, accepting)
        let found = try header.slot(openedBy: opener)
        let slot = found.slot
        let status = try open(head, root: found.takeRoot(), accepting)
        openedBy = slot.id
        guard slot.kind.sort == .recovery else { return status }
        do { try noteUse(of: slot.id, now: now) } catch {
            lock()
            throw error
        }
        return status
    }

    /// With the key of a passphrase.
    @discardableResult
    package func unlock(
        with key: consuming SlotKey, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus {
        try unlock(with: Opener.passphrase(key), accepting: accepting, now: now)
    }

    /// With the recovery code as typed (case, spaces and hyphens do not matter).
    ///
    /// - Throws: `.invalid` when the text cannot be a code (its check characters do not fit), else as `unlock(with:)`.
    @discardableResult
    package func unlock(
        recoveryCode text: borrowing SecretBytes, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus {
        try unlock(with: try Opener.recovery(text: text), accepting: accepting, now: now)
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
        try manifest.job?.join(keys)
        try keys.openFormerAnchor(manifest)
        let status = try compare(manifest, keys, accepting)
        let index = try loadIndex(manifest, keys)
        self.keys = keys
        contents = Contents(manifest: manifest, sealedManifest: head.manifest, index: index)
        anchorStatus = status
        remember()
        return status
    }

    func loadIndex(_ manifest: Manifest, _ keys: Keys) throws(VaultError) -> Index {
        var index = Index(bits: manifest.bits, isMoving: keys.former != nil)
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
