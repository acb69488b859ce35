package import KistStore

/// A store that lets somebody look at the rows that a write is about to drop: what a backup that is being made still needs
/// of them is kept, whoever writes.
package final class WatchedStore: RecordStore {
    private struct Watch {
        weak var watcher: (any DropWatcher)?
    }

    private let store: any RecordStore
    private var watches: [Watch] = []

    package init(_ store: any RecordStore) { self.store = store }

    func watch(_ watcher: any DropWatcher) {
        watches.removeAll { $0.watcher == nil }
        watches.append(Watch(watcher: watcher))
    }

    package func commit(_ change: StoreChange) throws(StoreError) {
        if !watches.isEmpty, !change.removed.isEmpty {
            for watch in watches { watch.watcher?.willDrop(change.removed, from: store) }
        }
        try store.commit(change)
    }

    package func loadHead() throws(StoreError) -> StoredHead? { try store.loadHead() }

    package func loadPages(_ body: (UInt32, UnsafeRawBufferPointer) -> Bool) throws(StoreError) {
        try store.loadPages(body)
    }

    package func withRecord<R: ~Copyable>(
        at place: RecordPlace, secretToo: Bool, _ body: (SealedParts) -> R
    ) throws(StoreError) -> R? {
        try store.withRecord(at: place, secretToo: secretToo, body)
    }

    package func scan(
        after start: RecordPlace?, secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool
    ) throws(StoreError) {
        try store.scan(after: start, secretToo: secretToo, body)
    }

    package func beginReading() { store.beginReading() }
    package func endReading() { store.endReading() }
    package func reopen() throws(StoreError) { try store.reopen() }
    package func close() { store.close() }
    package func facts() throws(StoreError) -> StoreFacts { try store.facts() }
}

/// Who wants to know of rows before they are gone.
protocol DropWatcher: AnyObject {
    /// The rows are still there.
    func willDrop(_ places: [RecordPlace], from store: any RecordStore)
}
