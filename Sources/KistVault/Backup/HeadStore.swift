internal import KistStore

/// The head of a vault without its rows: what a backup begins with, so that its slots open as those of a vault do.
final class HeadStore: RecordStore {
    private let head: StoredHead

    init(_ head: StoredHead) { self.head = head }

    func loadHead() throws(StoreError) -> StoredHead? { head }
    func loadPages(_ body: (UInt32, UnsafeRawBufferPointer) -> Bool) throws(StoreError) {}

    func withRecord<R: ~Copyable>(
        at place: RecordPlace, secretToo: Bool, _ body: (SealedParts) -> R
    ) throws(StoreError) -> R? { nil }

    func scan(
        after start: RecordPlace?, secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool
    ) throws(StoreError) {}
    func commit(_ change: StoreChange) throws(StoreError) { throw .readOnly }
    func beginReading() {}
    func endReading() {}
    func reopen() throws(StoreError) {}
    func close() {}
    func facts() throws(StoreError) -> StoreFacts { StoreFacts(engine: "backup", path: "") }
}

/// Remembers the last anchor that was saved, and has none at first: for a vault that nobody has opened yet.
final class HeldAnchor: AnchorStore {
    private(set) var bytes: [UInt8]?

    func load() throws(AnchorStoreError) -> [UInt8]? { nil }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) { bytes = anchor }
}
