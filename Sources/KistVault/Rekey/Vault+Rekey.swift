internal import KistCrypto
internal import KistModel
internal import KistStore
internal import SecretMemory

extension Vault {
    /// How far a re-encryption has come; `nil` when there is none, and while locked.
    package var rekeyStatus: RekeyStatus? {
        guard let contents, let job = contents.manifest.job else { return nil }
        let rows = contents.index.rows
        switch job.phase {
        case .moving: return RekeyStatus(phase: .moving, done: contents.index.moved, rows: rows)
        case .checking: return RekeyStatus(phase: .checking, done: work?.done ?? 0, rows: rows)
        case .renewing:
            return RekeyStatus(
                phase: work?.isRenewed == true ? .checking : .renewing, done: work?.done ?? 0, rows: rows)
        }
    }

    /// Begins to replace the root with one commit: a header whose slots lead to a new root, and a manifest that keeps the
    /// former root sealed until every row has left it. From then on no slot of the former header leads anywhere, and whoever
    /// unlocks goes on. Every row is opened first: of a vault with a damaged one the root is not changed.
    ///
    /// - Parameters:
    ///   - check: a look at every row of this vault that has been begun, or is done; `nil` makes one.
    ///   - log: the audit log, whose keys go along.
    ///   - slots: makes the ways to the new root.
    func changeRoot(
        _ check: Verification? = nil, _ log: AuditLog? = nil, _ slots: (Keys) throws(VaultError) -> [Slot]
    ) throws(VaultError) {
        try expectNoJob()
        let check = check ?? Verification(self)
        while try check.advanceBeforeChange(isEnough: { false }) {}
        let (old, contents) = try opened()
        let keys = Keys(root: RootKey.make(), vaultID: old.vaultID, incarnation: old.incarnation)
        keys.epochs = [EpochKey.make(number: 1)]
        let header = Header(
            vaultID: old.vaultID, incarnation: old.incarnation, publicKey: keys.slotPair.publicKey,
            generation: contents.manifest.generation + 1,
            epochs: keys.epochs.map {
                Header.Epoch(number: $0.number, box: $0.wrap(keys.epochWrap, vaultID: keys.vaultID))
            }, slots: try slots(keys))
        let key = keys.root.derive(.rekey, vaultID: keys.vaultID)
        var job = Job(phase: .moving, formerEpochs: self.header.epochs)
        old.root.secret.withBytes { SecretBox.seal($0, key, appendingTo: &job.formerRoot) }
        keys.former = old
        keys.formerAnchor = old.anchor.copy()
        var index = contents.index
        index.isMoving = true
        var manifest = contents.manifest.next(old.anchor)
        manifest.job = job
        manifest.formerAnchor = nil
        manifest.hasEndedSlot = false
        manifest.digest = index.digest(keys.index, incarnation: keys.incarnation)
        do { try log?.prepare(for: keys.audit) } catch { throw .io(code: error.code) }
        defer {
            // What cannot be dropped now is dropped when the log is opened next.
            if self.keys === keys { try? log?.settle(on: keys.audit) }
        }
        try commitHead(manifest, index, keys: keys, header: header)
    }

    /// Begins to replace the data key: the cheap form, for which no slot is needed. It stops nobody who had the root.
    package func renewDataKey() throws(VaultError) {
        let (keys, contents) = try opened()
        try expectNoJob()
        guard header.epochs.count < Header.mostEpochs, keys.sealingEpoch < .max else {
            throw .tooLarge("a vault has at most \(Header.mostEpochs) data keys")
        }
        let epoch = EpochKey.make(number: keys.sealingEpoch + 1)
        var header = header
        header.generation = contents.manifest.generation + 1
        header.epochs.append(
            Header.Epoch(number: epoch.number, box: epoch.wrap(keys.epochWrap, vaultID: keys.vaultID)))
        var manifest = contents.manifest.next(keys.anchor)
        manifest.job = Job(phase: .renewing)
        // Before the commit: a state that is adopted after an error must be able to read what others write into it.
        keys.epochs.append(epoch)
        do { try commitHead(manifest, contents.index, keys: keys, header: header) } catch {
            if self.contents?.manifest.job == nil { keys.epochs.removeLast() }
            throw error
        }
    }

    /// - Throws: `.invalid` when a re-encryption is under way already.
    package func expectNoJob() throws(VaultError) {
        let (_, contents) = try opened()
        guard contents.manifest.job == nil else { throw .invalid("a re-encryption is under way already") }
    }

    /// Goes on with a re-encryption for a short while.
    ///
    /// Rows are read and sealed until `isEnough`, and written when there are `most` of them or no more: what is in between
    /// is only in memory, so others may read and write meanwhile.
    ///
    /// - Returns: whether there is more to do.
    /// - Throws: what stopped it; the vault stays as it is, and the next call begins this phase again.
    package func advanceRekey(most: Int, isEnough: () -> Bool) throws(VaultError) -> Bool {
        let (_, contents) = try opened()
        guard let job = contents.manifest.job else { return false }
        let work = self.work ?? RekeyWork()
        self.work = work
        do throws(VaultError) {
            switch job.phase {
            case .moving where contents.index.moved == contents.index.rows: try orderIndex()
            case .moving: try move(work, most, isEnough)
            case .renewing where !work.isRenewed: try renew(work, most, isEnough)
            case .renewing, .checking: try check(work, isEnough)
            }
        } catch {
            self.work = nil
            throw error
        }
        return self.contents?.manifest.job != nil
    }

    /// After the last row: pages go by the new lookup ids from here on, and nothing in the vault needs the former keys.
    private func orderIndex() throws(VaultError) {
        let (keys, contents) = try opened()
        var manifest = contents.manifest.next(keys.anchor)
        let index = contents.index.ordered()
        manifest.job?.phase = .checking
        manifest.job?.formerEpochs = []
        manifest.bits = index.bits
        manifest.digest = index.digest(keys.index, incarnation: keys.incarnation)
        try commitHead(manifest, index, keys: keys, replacesAllPages: true)
    }

    /// Opens rows as they lie in the store, in step with the index; after the last one the former key is dropped.
    private func check(_ work: RekeyWork, _ isEnough: () -> Bool) throws(VaultError) {
        let (keys, _) = try opened()
        let opening = RowOpening(keys: keys)
        let isDone = try scanInStep(after: &work.after, isEnough) { (parts, entry) throws(VaultError) in
            _ = try opening.row(parts, entry)
            try Self.checkEpoch(parts, keys.sealingEpoch)
            work.done += 1
        }
        guard isDone else { return }
        try dropFormer()
    }

    private static func checkEpoch(_ parts: SealedParts, _ newest: UInt32) throws(VaultError) {
        for part in [parts.overview, parts.secret] {
            guard (try? Envelope.epoch(of: part)) == newest else {
                throw .damaged("a record has a key that it should have lost")
            }
        }
    }

    /// The end: the former root goes, or the former data keys do.
    private func dropFormer() throws(VaultError) {
        let (keys, contents) = try opened()
        var manifest = contents.manifest.next(keys.anchor)
        manifest.job = nil
        guard contents.manifest.job?.phase == .renewing else {
            manifest.formerAnchor = keys.boxFormerAnchor()
            return try commitHead(manifest, contents.index, keys: keys)
        }
        var header = header
        header.generation = manifest.generation
        header.epochs = header.epochs.suffix(1)
        try commitHead(manifest, contents.index, keys: keys, header: header)
        keys.epochs = keys.epochs.suffix(1)
    }
}
