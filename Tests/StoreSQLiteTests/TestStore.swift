import GRDB
import Glibc
import KistStore
import StoreSQLite
import Testing

/// A store in a folder of its own, filled with two rows, that goes when the test ends.
final class TestStore {
    let folder: String
    let path: String
    var store: SQLiteStore

    init() throws {
        var template = Array("/tmp/ks.XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        path = "\(folder)/vault.kist"
        store = try SQLiteStore.create(path)
        var change = StoreChange(expected: nil, header: [1, 2, 3], manifest: [4])
        change.added = [Self.row(1), Self.row(2)]
        change.pages = [IndexPage(number: 0, bytes: [7, 7])]
        try store.commit(change)
    }

    deinit {
        store.close()
        chmod(folder, 0o700)
        for name in ["vault.kist", "vault.kist-journal", "other", "vault.kist-wal", "vault.kist-shm"] {
            unlink("\(folder)/\(name)")
        }
        rmdir(folder)
    }

    static func place(_ number: UInt64) -> RecordPlace {
        RecordPlace(lookup: LookupID(high: number, low: 0), revision: number)
    }

    static func row(_ number: UInt64, _ size: Int = 300) -> SealedRecord {
        SealedRecord(
            place: place(number), overview: [UInt8](repeating: UInt8(number % 256), count: size),
            secret: [UInt8](repeating: UInt8(number % 256), count: size))
    }

    /// A change that follows the present manifest.
    func next(_ manifest: [UInt8]) throws -> StoreChange {
        StoreChange(expected: try store.loadHead()?.manifest, manifest: manifest)
    }

    func places() throws -> [RecordPlace] {
        var places: [RecordPlace] = []
        try store.scan(secretToo: false) { place, _ in
            places.append(place)
            return true
        }
        return places
    }

    /// Changes the closed file by any SQL at all.
    func bend(_ statements: String...) throws {
        store.close()
        let queue = try DatabaseQueue(path: path)
        for sql in statements {
            if sql.hasPrefix("PRAGMA") {
                _ = try queue.inDatabase { db in try Row.fetchAll(db, sql: sql) }
            } else {
                try queue.inDatabase { db in try db.execute(sql: sql) }
            }
        }
        try queue.close()
    }

    /// Writes bytes over the closed file.
    func overwrite(_ bytes: [UInt8], at offset: Int) throws {
        store.close()
        let file = Glibc.open(path, O_WRONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { Glibc.close(file) }
        try #require(pwrite(file, bytes, bytes.count, off_t(offset)) == bytes.count)
    }
}
