internal import KistCrypto
package import KistModel
internal import KistStore
internal import SecretMemory

/// A backup being made: the vault at one commit boundary, handed out piece by piece while writes go on.
///
/// The index is a value, so it stays what it was. Rows that writes drop in the meantime are kept aside, sealed as they are.
/// Nothing is opened here: rows are compared with their tags and go out as they lie in the store.
package final class BackupSource: DropWatcher {
    /// Bytes of rows kept aside at most; a backup that needs more gives up, the writes go on.
    package static let mostKept = 64 << 20

    private let keys: Keys
    private let manifest: Manifest
    private let index: Index
    private let store: WatchedStore
    private let head: BackupHead
    private var sealer: StreamSealer
    private var plain: [UInt8] = []
    private var kept: [RecordPlace: SealedRecord] = [:]
    private var keptBytes = 0
    private var failure: VaultError?
    /// Where the next row is: page and entry on it.
    private var page = 0
    private var position = 0
    private var last: RecordPlace?
    private var isBegun = false
    /// Whether the counts at the end are among `plain`.
    private var isEnded = false
    private var isFinished = false

    /// Rows that are handed out already.
    package private(set) var rowsDone = 0
    package var rows: Int { index.rows }
    package let facts: BackupFacts

    init(_ vault: Vault, _ store: WatchedStore, now: Timestamp) throws(VaultError) {
        let (keys, contents) = try vault.opened()
        guard let head = try VaultError.from({ () throws(StoreError) in try store.loadHead() }),
            head.manifest == contents.sealedManifest,
            Blake2b.hash(head.header) == contents.manifest.headerHash
        else { throw .replaced }
        guard head.header.count <= BackupHead.longestPart, head.manifest.count <= BackupHead.longestPart else {
            throw .tooLarge("the head of a backup has at most 256 KiB in each part")
        }
        self.keys = keys
        self.store = store
        manifest = contents.manifest
        index = contents.index
        self.head = BackupHead(head)
        sealer = StreamSealer(self.head.streamKey(keys))
        facts = BackupFacts(
            fingerprint: vault.fingerprint, made: now, generation: manifest.generation,
            credentials: Int(manifest.lookups - manifest.markers), rows: index.rows)
        var writer = ByteWriter(capacity: SealedStream.plainCount)
        writer.number(BackupHead.format)
        writer.number(now.seconds)
        plain = writer.bytes
        store.watch(self)
    }

    /// The next bytes of the backup: first its head with that of the stream, then one chunk at a time.
    ///
    /// - Returns: `nil` when it is whole.
    /// - Throws: `.damaged`, `.tooLarge`; the backup is of no use then.
    package func next() throws(VaultError) -> [UInt8]? {
        if let failure { throw failure }
        guard !isFinished else { return nil }
        guard isBegun else {
            isBegun = true
            return head.bytes + sealer.head
        }
        while plain.count <= SealedStream.plainCount, let entry = nextEntry() { try append(entry) }
        let isLast = isEnded && plain.count <= SealedStream.plainCount
        let count = min(plain.count, SealedStream.plainCount)
        var chunk: [UInt8] = []
        chunk.reserveCapacity(SealedStream.chunkCount)
        plain.withUnsafeBytes {
            sealer.seal(UnsafeRawBufferPointer(rebasing: $0[..<count]), isLast: isLast, appendingTo: &chunk)
        }
        plain.removeFirst(count)
        isFinished = isLast
        return chunk
    }

    func willDrop(_ places: [RecordPlace], from store: any RecordStore) {
        guard failure == nil, !isFinished else { return }
        for place in places where last.map({ $0 < place }) ?? true {
            guard kept[place] == nil, index.entry(place, index.pageNumber(place.lookup)) != nil else { continue }
            let record = try? store.withRecord(at: place, secretToo: true) {
                SealedRecord(place: place, overview: Array($0.overview), secret: Array($0.secret))
            }
            // A row that is not there is noticed when its turn comes.
            guard let record else { continue }
            keptBytes += record.overview.count + record.secret.count
            guard keptBytes <= Self.mostKept else {
                failure = .tooLarge("more was changed while the backup was made than is kept aside")
                kept = [:]
                return
            }
            kept[place] = record
        }
    }

    private func nextEntry() -> IndexEntry? {
        while page < index.pages.count {
            if position * IndexEntry.byteCount < index.pages[page].count {
                defer { position += 1 }
                return index.pages[page].withUnsafeBytes { IndexEntry(Index.slice($0, position)) }
            }
            page += 1
            position = 0
        }
        if !isEnded { appendEnd() }
        return nil
    }

    private func appendEnd() {
        isEnded = true
        var writer = ByteWriter(capacity: 16)
        writer.number(manifest.rows)
        writer.number(manifest.lookups)
        plain += writer.bytes
    }

    /// `lookup id16 ‖ u64 revision ‖ LP(overview) ‖ LP(secret)`.
    private func append(_ entry: IndexEntry) throws(VaultError) {
        let place = entry.place
        let isGood: Bool?
        if let record = kept.removeValue(forKey: place) {
            keptBytes -= record.overview.count + record.secret.count
            isGood = record.overview.withUnsafeBytes { overview in
                record.secret.withUnsafeBytes { append(entry, SealedParts(overview: overview, secret: $0)) }
            }
        } else {
            isGood = try VaultError.from { () throws(StoreError) in
                try store.withRecord(at: place, secretToo: true) { append(entry, $0) }
            }
        }
        guard let isGood else { throw .damaged("a record is missing") }
        guard isGood else { throw .damaged("a record is not the one that was written last") }
        last = place
        rowsDone += 1
    }

    /// - Returns: whether the row is the one that the index knows; nothing is appended otherwise.
    private func append(_ entry: IndexEntry, _ parts: SealedParts) -> Bool {
        let isRight =
            entry.overviewTag.withUnsafeBytes { keys.isTag($0, of: parts.overview, entry.place, .overview) }
            && entry.secretTag.withUnsafeBytes { keys.isTag($0, of: parts.secret, entry.place, .secret) }
        guard isRight else { return false }
        entry.place.lookup.withBytes { plain.append(contentsOf: $0) }
        withUnsafeBytes(of: entry.place.revision.bigEndian) { plain.append(contentsOf: $0) }
        for part in [parts.overview, parts.secret] {
            withUnsafeBytes(of: UInt32(part.count).bigEndian) { plain.append(contentsOf: $0) }
            plain.append(contentsOf: part)
        }
        return true
    }
}

extension Vault {
    /// Begins a backup of this very state. Any number may be made at a time.
    ///
    /// - Throws: `.locked`; `.replaced` when the file is not at the state that was opened.
    package func backup(now: Timestamp) throws(VaultError) -> BackupSource {
        guard contents?.manifest.job == nil else { throw .invalid("a re-encryption is under way: it is done soon") }
        guard let store = store as? WatchedStore else { throw .invalid("this store cannot be backed up") }
        return try BackupSource(self, store, now: now)
    }
}
