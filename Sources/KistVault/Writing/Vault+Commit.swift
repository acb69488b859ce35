internal import KistCrypto
internal import KistStore
internal import SecretMemory

extension Vault {
    /// Makes a write durable and takes its place in memory.
    ///
    /// - Parameter remembering: whether the state is remembered outside the file; what changes nothing that anybody would
    ///   miss may lag for a while.
    /// - Returns: the new generation.
    @discardableResult
    func commit(_ write: Write, remembering: Bool = true) throws(VaultError) -> UInt64 {
        let (keys, old) = try opened()
        var manifest = old.manifest.next(keys.anchor)
        manifest.rows = UInt64(write.index.rows)
        manifest.lookups = UInt64(write.index.lookups)
        let markers = Int64(old.manifest.markers) + Int64(write.markers)
        guard markers >= 0, UInt64(markers) <= manifest.lookups else { throw .damaged("the markers were miscounted") }
        manifest.markers = UInt64(markers)
        manifest.bits = write.index.bits
        if write.endsSlot { manifest.hasEndedSlot = true }
        var header = write.header
        header?.generation = write.generation
        let headerBytes = header?.encode(keys.header)
        if let headerBytes { manifest.headerHash = Blake2b.hash(headerBytes) }
        manifest.digest = write.index.digest(
            after: old.index, old.manifest.digest, keys.index, incarnation: keys.incarnation)

        var change = StoreChange(
            expected: old.sealedManifest, header: headerBytes, manifest: manifest.seal(keys.manifest))
        // In the order of the table, so that neighbours are written together.
        change.added = write.added.sorted { $0.place < $1.place }
        change.removed = write.removed
        change.replacesAllPages = write.index.wasResized
        change.pages = write.index.changed.sorted().map {
            IndexPage(number: UInt32($0), bytes: write.index.pages[$0])
        }
        var index = write.index
        index.settle()
        let new = Contents(manifest: manifest, sealedManifest: change.manifest, index: index)
        do {
            try store.commit(change)
        } catch {
            try settle(error, old: old, new: new, header)
            throw VaultError(error)
        }
        if let header { self.header = header }
        contents = new
        if words?.generation != old.manifest.generation
            || words?.follow(write.added.lazy.map(\.place.lookup), to: manifest.generation) == false
        {
            words = nil
        }
        if remembering { remember() }
        return manifest.generation
    }

    /// After an error of the system the outcome is not known: look which of the two states the file holds. The write is
    /// reported as failed either way.
    private func settle(_ error: StoreError, old: Contents, new: Contents, _ header: Header?) throws(VaultError) {
        switch outcome(of: error, old: old.sealedManifest, new: new.sealedManifest) {
        case .old: return
        case .new:
            contents = new
            if let header { self.header = header }
            remember()
        case .unknown: lock()
        }
    }

    enum Outcome { case old, new, unknown }

    /// Which of two states the file holds after a commit failed; `unknown` when it still cannot be read: forget everything
    /// then rather than go on with a state that may not be the file's.
    func outcome(of error: StoreError, old: [UInt8], new: [UInt8]) -> Outcome {
        guard case .io = error else { return .old }
        do {
            try store.reopen()
            guard let head = try store.loadHead() else { return .unknown }
            return head.manifest == old ? .old : head.manifest == new ? .new : .unknown
        } catch { return .unknown }
    }
}
