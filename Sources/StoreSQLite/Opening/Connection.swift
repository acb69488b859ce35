private import CSQLiteGuards
internal import GRDB
private import GRDBSQLite
internal import KistStore

/// One open connection with its settings read back and its schema compared.
final class Connection {
    let queue: DatabaseQueue
    let identity: FileIdentity
    /// What the statements of one use may cost.
    let allowance = Allowance()
    /// Whether the file was empty: the first commit makes the schema.
    var isNew: Bool
    let held = HeldLock()

    /// - Throws: `.damaged`, `.newer`, `.unsafeFile`, … The file exists and was looked at by `FileIdentity`.
    init(_ path: String, _ identity: FileIdentity) throws(StoreError) {
        guard kist_sqlite_vfs() == 0 else { throw .io(code: 0) }
        allowance.renew(for: identity.size)
        let allowance = self.allowance
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(2)
        configuration.label = "vault"
        // `HeldLock` leaves one that only reads open from one use to the next.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { db in
            guard let handle = db.sqliteConnection,
                kist_sqlite_guard(UnsafeMutableRawPointer(handle), Self.longestRow) == 0
            else { throw DatabaseError(resultCode: .SQLITE_ERROR) }
            allowance.watch(handle)
            for (setting, _) in Connection.settings { try db.execute(sql: setting) }
        }
        do {
            queue = try DatabaseQueue(path: Self.address(path), configuration: configuration)
        } catch {
            throw StoreError(error, path)
        }
        self.identity = identity
        do {
            isNew = try queue.inDatabase { db in try Connection.check(db) }
        } catch {
            try? queue.close()
            throw StoreError(error, path)
        }
        // A link that was swapped between the look and the open would show here.
        guard try FileIdentity.read(path) == identity else { throw .replaced }
    }

    /// Lets go of the lock that reads have left, if they have.
    func letGo() {
        guard held.isHeld else { return }
        queue.inDatabase { held.letGo($0) }
    }

    /// Bytes of a row at most. The largest that a vault writes has 1 MiB of secrets and 256 KiB of overview, names and
    /// padding (12 % at most) beside them.
    static let longestRow: Int32 = 2 * 1_024 * 1_024

    /// The path as a URI that names the VFS and never makes a file.
    private static func address(_ path: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var text = Array("file:".utf8)
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                text.append(byte)
            default: text += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        // An empty authority, so that a path of two slashes is not taken for a host.
        return String(decoding: text.prefix(5) + Array("//".utf8) + text.dropFirst(5), as: UTF8.self)
            + "?mode=rw&vfs=\(KIST_SQLITE_VFS)"
    }

    /// Statements that set, and pragmas with the values that must be read back.
    static let settings: [(set: String, readBack: (pragma: String, value: String)?)] = [
        ("PRAGMA locking_mode = NORMAL", ("locking_mode", "normal")),
        ("PRAGMA journal_mode = DELETE", ("journal_mode", "delete")),
        ("PRAGMA synchronous = EXTRA", ("synchronous", "3")),
        ("PRAGMA secure_delete = ON", ("secure_delete", "1")),
        ("PRAGMA temp_store = MEMORY", ("temp_store", "2")),
        ("PRAGMA trusted_schema = OFF", ("trusted_schema", "0")),
        ("PRAGMA cell_size_check = ON", ("cell_size_check", "1")),
        ("PRAGMA mmap_size = 0", nil),
        // A batch stays in memory until its commit: no early sync of the journal in the middle of it.
        ("PRAGMA cache_spill = OFF", ("cache_spill", "0")),
        // At most 64 MiB of sealed pages, and never more than the vault has: a table without row ids is a deep tree,
        // and reading its pages anew would make a look-up among 100,000 half as fast as among 100.
        ("PRAGMA cache_size = -65536", nil),
    ]

    /// - Returns: whether the file is empty.
    private static func check(_ db: Database) throws -> Bool {
        for (_, readBack) in settings {
            guard let readBack else { continue }
            let value = try String.fetchOne(db, sql: "PRAGMA \(readBack.pragma)")
            guard value == readBack.value else {
                throw StoreError.unsafeFile("the setting \(readBack.pragma) did not take")
            }
        }
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
        try EngineGate.check(version: Int(sqlite3_libversion_number()), journalMode: mode)
        // A crafted schema may hold nulls, and rows without end.
        let schema = try String.fetchAll(
            db,
            sql: "SELECT ifnull(type || '|' || name || '|' || tbl_name || '|' || sql, '') FROM sqlite_schema "
                + "ORDER BY name LIMIT \(Schema.statements.count + 1)")
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if schema.isEmpty, version == 0, application == 0 { return true }
        guard application == FileHead.applicationID else { throw StoreError.damaged("the file is not a vault") }
        guard version <= Int(FileHead.formatVersion) else { throw StoreError.newer(version: version) }
        guard version == Int(FileHead.formatVersion), schema == Schema.expected else {
            throw StoreError.damaged("the schema is not the vault's")
        }
        return false
    }
}
