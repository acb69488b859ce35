internal import KistCrypto
internal import KistModel
package import KistStore
internal import SecretMemory

/// A backup that comes in: its head opens as a vault does, then its rows are checked, or put into a new store.
package final class BackupIntake {
    /// Bytes of a backup that surely hold its head.
    package static let firstCount = 2 * BackupHead.longestPart + 4_096

    /// The vault of which the backup was made, with its head only. Unlock it, then `begin`.
    package let vault: Vault
    private let head: BackupHead
    /// What came behind the head before the key was there.
    private var early: [UInt8]
    private var reader: BackupReader?
    private var opening: RowOpening?
    private var restoration: Restoration?
    private var markers: UInt64 = 0
    /// Rows that were taken so far.
    package private(set) var rowsDone = 0

    /// - Parameter bytes: the first bytes of the backup, `firstCount` of them or all that there are.
    /// - Throws: `.damaged`, `.newer`.
    package init(_ bytes: UnsafeRawBufferPointer) throws(VaultError) {
        head = try BackupHead(startOf: bytes)
        early = Array(bytes[head.bytes.count...])
        vault = try Vault.open(HeadStore(head.head), anchors: HeldAnchor())
    }

    /// Rows that the backup says it has; `nil` while its vault is locked.
    package var rows: Int? { vault.contents.map { Int($0.manifest.rows) } }

    /// Opens the slot that the key belongs to. Nothing of that is noted anywhere, a recovery code's use neither.
    ///
    /// - Parameter expected: the fingerprint of the vault that is meant; an identity that does not trust it needs one.
    package func unlock(with opener: borrowing Opener, expecting expected: String? = nil) throws(VaultError) {
        try vault.checkPin(opener, expected, [])
        let found = try vault.header.slot(openedBy: opener)
        _ = try vault.open(head.head, root: found.takeRoot(), [])
    }

    /// Opens with the keys of an open vault, when it is the same one.
    ///
    /// - Throws: `.wrongKey` when it is not, or its root key is another one by now.
    package func unlock(as other: Vault) throws(VaultError) {
        guard let root = other.keys?.root.secret.copy() else { throw .locked }
        guard other.header.vaultID == vault.header.vaultID else { throw .wrongKey }
        _ = try vault.open(head.head, root: root, [])
    }

    /// Begins to take rows.
    ///
    /// - Parameter store: a new, empty one to build the vault in; `nil` only looks.
    /// - Throws: `.locked`.
    package func begin(into store: (any RecordStore)?) throws(VaultError) {
        let (keys, contents) = try vault.opened()
        reader = BackupReader(head, keys, contents.manifest)
        opening = RowOpening(keys: keys)
        if let store { restoration = Restoration(keys, vault.header, contents.manifest, store) }
        let first = early
        early = []
        try first.withBytes { (first) throws(VaultError) in try feed(first) }
    }

    /// Takes the next bytes of the file.
    ///
    /// - Throws: `.damaged`, and what the store throws. Nothing more can be fed then.
    package func feed(_ bytes: UnsafeRawBufferPointer) throws(VaultError) {
        guard var reader = reader.take() else { throw .invalid("the backup is not open") }
        try reader.feed(bytes) { (entry, parts) throws(VaultError) in try self.take(entry, parts) }
        self.reader = consume reader
    }

    /// The file has come to its end: everything is judged now.
    ///
    /// - Parameter displacing: whether the vault that was built comes into another one's place. Nothing proves then that it
    ///   follows that one, and slots that are gone there open it: what is remembered says so until somebody answers for it.
    /// - Returns: what the backup holds, and the vault that was built of it.
    package func finish(displacing: Bool = false) throws(VaultError) -> (facts: BackupFacts, built: RestoredVault?) {
        let (_, contents) = try vault.opened()
        guard var reader = reader.take() else { throw .invalid("the backup is not open") }
        try reader.finish { (entry, parts) throws(VaultError) in try self.take(entry, parts) }
        let manifest = contents.manifest
        guard markers == manifest.markers else { throw .damaged("the markers were miscounted") }
        let facts = BackupFacts(
            fingerprint: vault.fingerprint, made: reader.made, generation: manifest.generation,
            credentials: Int(manifest.lookups - manifest.markers), rows: Int(manifest.rows))
        return (facts, try restoration?.finish(displacing: displacing))
    }

    private func take(_ entry: IndexEntry, _ parts: SealedParts) throws(VaultError) {
        guard let opening else { throw .locked }
        // Both parts are opened and looked at, whether they are kept or not.
        let isMarker = try opening.row(parts, entry).overview.overview == nil
        if isMarker { markers += 1 }
        try restoration?.add(entry.place, parts)
        rowsDone += 1
    }
}
