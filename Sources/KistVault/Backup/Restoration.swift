internal import KistCrypto
internal import KistStore
internal import SecretMemory

/// Builds a vault from the rows of a backup: the same credentials and revisions under the same slots, every row sealed anew
/// for an incarnation of its own, so that nothing of another history fits it.
///
/// Until `finish` the store holds no manifest that opens.
final class Restoration {
    /// Rows, and bytes of them, that one transaction takes.
    private static let batchRows = 1_000
    private static let batchBytes = 8 << 20
    /// What lies where the manifest belongs as long as the vault is not whole.
    private static let unfinished: [UInt8] = [0]

    private let old: Keys
    private let keys: Keys
    private let manifest: Manifest
    private let header: Header
    private let store: any RecordStore
    private var pages: PageBuilder
    private var change: StoreChange
    private var bytes = 0

    init(_ old: Keys, _ header: Header, _ manifest: Manifest, _ store: any RecordStore) {
        self.old = old
        self.manifest = manifest
        self.store = store
        let incarnation = RandomBytes.make(16)
        keys = Keys(root: RootKey(old.root.secret.copy()), vaultID: old.vaultID, incarnation: incarnation)
        keys.epochs = old.epochs
        self.header = Header(
            vaultID: header.vaultID, incarnation: incarnation, publicKey: header.publicKey,
            generation: manifest.generation + 1, epochs: header.epochs, slots: header.slots)
        pages = PageBuilder(bits: manifest.bits, incarnation: incarnation)
        change = StoreChange(expected: nil, header: self.header.encode(keys.header), manifest: Self.unfinished)
    }

    func add(_ place: RecordPlace, _ parts: SealedParts) throws(VaultError) {
        let record = SealedRecord(
            place: place, overview: try seal(parts.overview, place, .overview),
            secret: try seal(parts.secret, place, .secret))
        let entry = IndexEntry(
            place: place, overviewTag: record.overview.withUnsafeBytes { keys.tag($0, place, .overview) },
            secretTag: record.secret.withUnsafeBytes { keys.tag($0, place, .secret) })
        do {
            if let page = try pages.add(entry, keys.index) { change.pages.append(page) }
        } catch { throw .damaged("the records are out of order") }
        change.added.append(record)
        bytes += record.overview.count + record.secret.count
        if change.added.count >= Self.batchRows || bytes >= Self.batchBytes { try commit() }
    }

    /// Writes the manifest, then opens the vault as somebody else will.
    ///
    /// - Returns: the new vault, which is still to be read.
    func finish(displacing: Bool) throws(VaultError) -> RestoredVault {
        if let page = pages.finish(keys.index) { change.pages.append(page) }
        guard pages.rows == manifest.rows, pages.lookups == manifest.lookups else {
            throw .damaged("the records are not those that the backup was made of")
        }
        var new = Manifest(
            vaultID: manifest.vaultID, incarnation: keys.incarnation, generation: manifest.generation + 1,
            headerHash: Blake2b.hash(header.encode(keys.header)))
        new.rows = manifest.rows
        new.lookups = manifest.lookups
        new.markers = manifest.markers
        new.bits = manifest.bits
        new.digest = pages.digest
        // Who had a way in that ended since the root was made may have kept the root, which is still the same. Of what
        // became of the vault after the backup nothing is known.
        new.hasEndedSlot = true
        change.manifest = new.seal(keys.manifest)
        try commit()
        let seen = HeldAnchor()
        let vault = try Vault.open(store, anchors: seen)
        guard let head = try VaultError.from({ () throws(StoreError) in try store.loadHead() }) else { throw .absent }
        _ = try vault.open(head, root: keys.root.secret.copy(), [])
        if displacing {
            vault.unproved = new.generation
            vault.remember()
        }
        return RestoredVault(vault, seen, rows: Int(manifest.rows))
    }

    private func commit() throws(VaultError) {
        let done = change
        try VaultError.from { () throws(StoreError) in try store.commit(done) }
        change = StoreChange(expected: done.manifest, manifest: Self.unfinished)
        bytes = 0
    }

    /// The very same padded plaintext under the new key, with the newest epoch.
    private func seal(
        _ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part
    ) throws(VaultError) -> [UInt8] {
        do throws(SealError) {
            let padded = try Envelope.open(sealed, try old.recordKey(try Envelope.epoch(of: sealed), place, part))
            let epoch = keys.sealingEpoch
            let key = try keys.recordKey(epoch, place, part)
            return padded.withBytes { Envelope.seal(padded: $0, epoch: epoch, key) }
        } catch { throw .damaged("a record is not the one that was written last") }
    }
}
