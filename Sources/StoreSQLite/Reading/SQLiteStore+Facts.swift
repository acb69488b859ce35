private import CSQLiteGuards
internal import GRDB
private import GRDBSQLite
package import KistStore

extension SQLiteStore {
    package func facts() throws(StoreError) -> StoreFacts {
        var facts = StoreFacts(engine: "SQLite \(String(cString: sqlite3_libversion()))", path: path)
        facts.size = try FileIdentity.read(path).size
        try perform { _, db in
            func number(_ pragma: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA \(pragma)") ?? -1 }
            facts.journalMode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            facts.synchronous = try number("synchronous")
            facts.secureDelete = try number("secure_delete") == 1
            facts.trustedSchema = try number("trusted_schema") == 1
            facts.cellSizeCheck = try number("cell_size_check") == 1
            facts.temporaryStore = try number("temp_store")
            facts.defensive =
                db.sqliteConnection.map { kist_sqlite_guard(UnsafeMutableRawPointer($0), Connection.longestRow) == 0 }
                ?? false
        }
        return facts
    }
}
