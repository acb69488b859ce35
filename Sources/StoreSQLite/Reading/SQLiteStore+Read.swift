internal import GRDB
private import GRDBSQLite
package import KistStore

extension SQLiteStore {
    package func loadHead() throws(StoreError) -> StoredHead? {
        var head: StoredHead?
        try perform { connection, db in head = connection.isNew ? nil : try loadHead(db) }
        return head
    }

    /// The head within a transaction or outside; `nil` when the table is empty.
    func loadHead(_ db: Database) throws -> StoredHead? {
        var blobs: [String: [UInt8]] = [:]
        try rows(db, "SELECT name, value FROM head LIMIT 3") { statement in
            guard let name = sqlite3_column_text(statement, 0) else { throw Self.odd }
            blobs[String(cString: name)] = [UInt8](try Self.blob(statement, 1))
        }
        guard !blobs.isEmpty else { return nil }
        guard blobs.count == 2, let header = blobs["header"], let manifest = blobs["manifest"] else {
            throw StoreError.damaged("the head of the vault is not whole")
        }
        return StoredHead(header: header, manifest: manifest)
    }

    package func loadPages(_ body: (UInt32, UnsafeRawBufferPointer) -> Bool) throws(StoreError) {
        try perform { connection, db in
            guard !connection.isNew else { return }
            var last: UInt32?
            try rowsUntil(db, "SELECT number, entries FROM page ORDER BY number") { statement in
                guard let number = UInt32(exactly: sqlite3_column_int64(statement, 0)) else { throw Self.odd }
                if let last, last >= number { throw Self.disordered }
                last = number
                return body(number, try Self.blob(statement, 1))
            }
        }
    }

    package func withRecord<R: ~Copyable>(
        at place: RecordPlace, secretToo: Bool, _ body: (SealedParts) -> R
    ) throws(StoreError) -> R? {
        var answer: R?
        try performRead { connection, db in
            guard !connection.isNew else { return }
            let cached = try db.cachedStatement(sql: secretToo ? Self.oneWithSecret : Self.one)
            let statement = cached.sqliteStatement
            defer { sqlite3_reset(statement) }
            place.lookup.withBytes { Self.bind($0, statement, 1) }
            sqlite3_bind_int64(statement, 2, Int64(bitPattern: place.revision))
            switch sqlite3_step(statement) {
            case SQLITE_ROW: answer = body(try Self.parts(statement, 0, secretToo))
            case SQLITE_DONE: break
            default: throw Self.failure(db, path)
            }
        }
        return answer
    }

    package func scan(
        after start: RecordPlace?, secretToo: Bool, _ body: (RecordPlace, SealedParts) -> Bool
    ) throws(StoreError) {
        try perform { connection, db in
            guard !connection.isNew else { return }
            let columns = secretToo ? "lookup, revision, overview, secret" : "lookup, revision, overview"
            var last = start
            let beyond = start == nil ? "" : " WHERE (lookup, revision) > (?, ?)"
            let sql = "SELECT \(columns) FROM record\(beyond) ORDER BY lookup, revision"
            try rowsUntil(db, sql, beyond: start) { statement in
                let lookup = try Self.blob(statement, 0)
                guard lookup.count == LookupID.byteCount else { throw Self.odd }
                let place = RecordPlace(
                    lookup: LookupID(lookup), revision: UInt64(bitPattern: sqlite3_column_int64(statement, 1)))
                if let last, last >= place { throw Self.disordered }
                last = place
                return body(place, try Self.parts(statement, 2, secretToo))
            }
        }
    }

    private static let one = "SELECT overview FROM record WHERE lookup = ? AND revision = ?"
    private static let oneWithSecret = "SELECT overview, secret FROM record WHERE lookup = ? AND revision = ?"
    /// The key of a table is unique and in order, unless the tree of pages was bent.
    private static let disordered = StoreError.damaged("a row is out of order or there twice")
    private static let odd = StoreError.damaged("a row has a value of another kind")

    private func rows(_ db: Database, _ sql: String, _ each: (OpaquePointer) throws -> Void) throws {
        try rowsUntil(db, sql) { statement in
            try each(statement)
            return true
        }
    }

    /// Steps through a statement until its end or until `each` returns `false`.
    private func rowsUntil(
        _ db: Database, _ sql: String, beyond start: RecordPlace? = nil, _ each: (OpaquePointer) throws -> Bool
    ) throws {
        let cached = try db.cachedStatement(sql: sql)
        let statement = cached.sqliteStatement
        sqlite3_reset(statement)
        if let start {
            start.lookup.withBytes { Self.bind($0, statement, 1) }
            sqlite3_bind_int64(statement, 2, Int64(bitPattern: start.revision))
        }
        defer { sqlite3_reset(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: if try !each(statement) { return }
            case SQLITE_DONE: return
            default: throw Self.failure(db, path)
            }
        }
    }

    private static func parts(
        _ statement: OpaquePointer, _ column: Int32, _ secretToo: Bool
    ) throws -> SealedParts {
        SealedParts(
            overview: try blob(statement, column),
            secret: secretToo ? try blob(statement, column + 1) : UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The blob where SQLite holds it, until the next step.
    private static func blob(_ statement: OpaquePointer, _ column: Int32) throws -> UnsafeRawBufferPointer {
        guard sqlite3_column_type(statement, column) == SQLITE_BLOB else { throw odd }
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    /// Binds bytes that outlive the step.
    static func bind(_ bytes: UnsafeRawBufferPointer, _ statement: OpaquePointer, _ index: Int32) {
        sqlite3_bind_blob(statement, index, bytes.baseAddress, Int32(bytes.count), transient)
    }

    /// SQLite copies the bytes.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
