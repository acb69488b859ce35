package import KistStore

/// A record store in memory, whose every byte a test may change behind the vault's back.
package final class MemoryStore: RecordStore {
    package var head: StoredHead?
    package var pages: [UInt32: [UInt8]] = [:]
    package var rows: [RecordPlace: (overview: [UInt8], secret: [UInt8])] = [:]
    /// Thrown by the next `commit`, once, before anything is changed.
    package var failure: StoreError?
    /// Whether the failing `commit` is applied all the same: the system's error came too late.
    package var appliesBeforeFailing = false
    /// A row that `scan` hands out twice, as a bent tree of pages would.
    package var doubled: RecordPlace?
    package private(set) var commits = 0

    package init() {}

    package func loadHead() throws(StoreError) -> StoredHead? { head }

    package func loadPages(_ body: (UInt32, UnsafeRawBufferPointer) -> Bool) throws(StoreError) {
        for (number, bytes) in pages.sorted(by: { $0.key < $1.key }) {
            guard bytes.withUnsafeBytes({ body(number, $0) }) else { return }
        }
    }

    package func withRecord<R: ~Copyable>(
        at place: RecordPlace, secretToo: Bool, _ body: (SealedParts) -> R
    ) throws(StoreError) -> R? {
        guard let row = rows[place] else { return nil }
        let overview = row.overview.span.bytes
        let secret = row.secret.span.bytes
        return overview.withUnsafeBytes { overview in
            secret.withUnsafeBytes { secret in
                body(SealedParts(overview: overview, secret: secretToo ? secret : .init(start: nil, count: 0)))
            }
        }
    }

    package func scan(
        after start: RecordPlace?, secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool
    ) throws(StoreError) {
        for place in (Array(rows.keys) + [doubled].compactMap { $0 }).sorted() {
            if let start, place <= start { continue }
            guard try withRecord(at: place, secretToo: secretToo, { body(place, $0) }) == true else { return }
        }
    }

    package func commit(_ change: StoreChange) throws(StoreError) {
        guard change.expected == head?.manifest else { throw .replaced }
        if let failure {
            self.failure = nil
            if appliesBeforeFailing { apply(change) }
            throw failure
        }
        apply(change)
    }

    package func beginReading() {}
    package func endReading() {}
    package func reopen() throws(StoreError) {}
    package func close() {}

    package func facts() throws(StoreError) -> StoreFacts { StoreFacts(engine: "memory", path: "") }

    private func apply(_ change: StoreChange) {
        commits += 1
        head = StoredHead(header: change.header ?? head?.header ?? [], manifest: change.manifest)
        for place in change.removed { rows[place] = nil }
        for record in change.added { rows[record.place] = (record.overview, record.secret) }
        if change.replacesAllPages { pages = [:] }
        for page in change.pages { pages[page.number] = page.bytes.isEmpty ? nil : page.bytes }
    }
}
