package import KistStore

/// The embedded store: one SQLite file, one connection, rollback journal.
package final class SQLiteStore: RecordStore {
    /// Opens the file of an existing vault. Throws `.absent` when there is none (an empty file counts as none).
    package static func open(_ path: String) throws(StoreError) -> SQLiteStore { SQLiteStore(path: path) }

    /// Makes a new file (0600, in a folder made 0700 when it is missing); the first `commit` fills it.
    ///
    /// - Throws: `.exists` when there is a vault.
    package static func create(_ path: String) throws(StoreError) -> SQLiteStore { SQLiteStore(path: path) }

    package let path: String

    init(path: String) { self.path = path }

    package func loadHead() throws(StoreError) -> StoredHead? { fatalError("not yet") }
    package func loadPages(_ body: (UInt32, UnsafeRawBufferPointer) -> Void) throws(StoreError) {
        fatalError("not yet")
    }
    package func withRecord<R: ~Copyable>(
        at place: RecordPlace, secretToo: Bool, _ body: (SealedParts) -> R
    ) throws(StoreError) -> R? { fatalError("not yet") }
    package func scan(secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool) throws(StoreError) {
        fatalError("not yet")
    }
    package func commit(_ change: StoreChange) throws(StoreError) { fatalError("not yet") }
    package func reopen() throws(StoreError) { fatalError("not yet") }
    package func close() {}
    package func facts() throws(StoreError) -> StoreFacts { fatalError("not yet") }
}
