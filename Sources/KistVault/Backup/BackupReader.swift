internal import KistCrypto
internal import KistModel
internal import KistStore
internal import SecretMemory

/// Reads the stream of a backup as it comes, however it is cut into pieces, and hands out its rows in order.
///
/// Total and bounded: it holds one chunk and one row. Nothing that it handed out counts before `finish` has returned.
struct BackupReader: ~Copyable {
    /// Bytes of one sealed part at most: a store refuses longer rows.
    static let longestPart = 2 << 20

    private enum Stage {
        case start, rows, end, over
    }

    private let keys: Keys
    private let manifest: Manifest
    private var opener: StreamOpener?
    private let key: SecretBytes
    /// The 24 bytes that begin the stream, then ciphertext: less than a chunk.
    private var sealed: [UInt8] = []
    /// What was opened and is not yet a whole row.
    private var plain: [UInt8] = []
    private var stage = Stage.start
    private var pages: PageBuilder
    private(set) var made = Timestamp(seconds: 0)

    /// - Parameter manifest: the one that stands in the head.
    init(_ head: BackupHead, _ keys: Keys, _ manifest: Manifest) {
        self.keys = keys
        self.manifest = manifest
        key = head.streamKey(keys)
        pages = PageBuilder(bits: manifest.bits, incarnation: manifest.incarnation)
    }

    /// - Parameter row: gets every row with the entry that the vault's index had for it.
    /// - Throws: `.damaged`, and what `row` throws.
    mutating func feed(
        _ bytes: UnsafeRawBufferPointer,
        _ row: (IndexEntry, SealedParts) throws(VaultError) -> Void
    ) throws(VaultError) {
        var rest = bytes
        func take(upTo count: Int) {
            let part = min(max(0, count - sealed.count), rest.count)
            sealed.append(contentsOf: rest[..<part])
            rest = UnsafeRawBufferPointer(rebasing: rest[part...])
        }
        while !rest.isEmpty {
            guard opener != nil else {
                take(upTo: SealedStream.headCount)
                if sealed.count == SealedStream.headCount {
                    opener = StreamOpener(key, head: sealed)
                    sealed = []
                }
                continue
            }
            take(upTo: SealedStream.chunkCount)
            if sealed.count == SealedStream.chunkCount { try openChunk(row) }
        }
    }

    /// The file has come to its end.
    ///
    /// - Throws: `.damaged` when the last chunk did not come, or the rows are not exactly those of the manifest.
    mutating func finish(_ row: (IndexEntry, SealedParts) throws(VaultError) -> Void) throws(VaultError) {
        if opener != nil, !sealed.isEmpty { try openChunk(row) }
        guard opener?.isFinished == true else { throw Self.cut }
        guard stage == .over else { throw Self.changed }
        _ = pages.finish(keys.index)
        guard pages.rows == manifest.rows, pages.lookups == manifest.lookups, pages.digest == manifest.digest else {
            throw .damaged("the records are not those that the backup was made of")
        }
    }

    private mutating func openChunk(
        _ row: (IndexEntry, SealedParts) throws(VaultError) -> Void
    ) throws(VaultError) {
        guard opener?.isFinished == false else { throw .damaged("something follows the end of the backup") }
        do {
            let chunk = sealed
            try chunk.withBytes { (chunk) throws(SealError) in
                try opener?.open(chunk, appendingTo: &plain)
            }
        } catch { throw sealed.count < SealedStream.chunkCount ? Self.cut : Self.changed }
        sealed.removeAll(keepingCapacity: true)
        let opened = plain
        plain = []
        plain = try opened.withBytes { (opened) throws(VaultError) -> [UInt8] in
            Array(opened[try parse(opened, row)...])
        }
    }

    /// - Returns: how many bytes made whole parts.
    private mutating func parse(
        _ bytes: UnsafeRawBufferPointer, _ row: (IndexEntry, SealedParts) throws(VaultError) -> Void
    ) throws(VaultError) -> Int {
        var used = 0
        func ahead(_ count: Int) -> UnsafeRawBufferPointer? {
            guard bytes.count - used >= count else { return nil }
            return UnsafeRawBufferPointer(rebasing: bytes[used..<used + count])
        }
        func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        while true {
            switch stage {
            case .start:
                guard let start = ahead(9) else { return used }
                made = Timestamp(seconds: Int64(bitPattern: number(start, at: 1)))
                guard start[0] == BackupHead.format, made.isWritable else { throw Self.changed }
                used += 9
                stage = manifest.rows == 0 ? .end : .rows
            case .rows:
                guard let head = ahead(28) else { return used }
                let overview = Int(UInt32(bigEndian: head.loadUnaligned(fromByteOffset: 24, as: UInt32.self)))
                guard overview <= Self.longestPart else { throw Self.changed }
                guard let upToSecret = ahead(32 + overview) else { return used }
                let secret = Int(
                    UInt32(bigEndian: upToSecret.loadUnaligned(fromByteOffset: 28 + overview, as: UInt32.self)))
                guard secret <= Self.longestPart else { throw Self.changed }
                guard let whole = ahead(32 + overview + secret) else { return used }
                let place = RecordPlace(
                    lookup: LookupID(UnsafeRawBufferPointer(rebasing: whole[..<16])), revision: number(whole, at: 16))
                let parts = SealedParts(
                    overview: UnsafeRawBufferPointer(rebasing: whole[28..<28 + overview]),
                    secret: UnsafeRawBufferPointer(rebasing: whole[(32 + overview)...]))
                try take(place, parts, row)
                used += whole.count
                if pages.rows == manifest.rows { stage = .end }
            case .end:
                guard let end = ahead(16) else { return used }
                guard number(end, at: 0) == manifest.rows, number(end, at: 8) == manifest.lookups else {
                    throw Self.changed
                }
                used += 16
                stage = .over
            case .over:
                guard used == bytes.count else { throw Self.changed }
                return used
            }
        }
    }

    private mutating func take(
        _ place: RecordPlace, _ parts: SealedParts, _ row: (IndexEntry, SealedParts) throws(VaultError) -> Void
    ) throws(VaultError) {
        let entry = IndexEntry(
            place: place, overviewTag: keys.tag(parts.overview, place, .overview),
            secretTag: keys.tag(parts.secret, place, .secret))
        do { _ = try pages.add(entry, keys.index) } catch { throw Self.changed }
        try row(entry, parts)
    }

    private static let cut = VaultError.damaged("the backup is not whole")
    private static let changed = VaultError.damaged("the backup is not as it was written")
}
