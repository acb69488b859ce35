internal import GRDB
private import GRDBSQLite
internal import KistStore

/// One statement run for many rows, without a wrapper per value.
struct RowWriter {
    private let db: Database
    /// Keeps the prepared statement alive.
    private let cached: Statement
    private let path: String
    private var statement: OpaquePointer { cached.sqliteStatement }

    init(_ db: Database, _ sql: String, _ path: String) throws {
        self.db = db
        self.path = path
        cached = try db.cachedStatement(sql: sql)
        sqlite3_reset(cached.sqliteStatement)
    }

    func bind(_ bytes: [UInt8], _ index: Int32) { bytes.withUnsafeBytes { SQLiteStore.bind($0, statement, index) } }

    func bind(_ lookup: LookupID, _ index: Int32) { lookup.withBytes { SQLiteStore.bind($0, statement, index) } }

    func bind(_ number: UInt64, _ index: Int32) { sqlite3_bind_int64(statement, index, Int64(bitPattern: number)) }

    func bind(_ text: String, _ index: Int32) {
        sqlite3_bind_text(statement, index, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
    }

    /// Runs the statement with what was bound.
    func run() throws {
        defer { sqlite3_reset(statement) }
        guard sqlite3_step(statement) == SQLITE_DONE else { throw SQLiteStore.failure(db, path) }
    }
}
