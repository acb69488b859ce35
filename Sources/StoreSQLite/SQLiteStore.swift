internal import GRDB
private import GRDBSQLite
private import Glibc
package import KistStore

/// The embedded store: one SQLite file, one connection, rollback journal.
///
/// Before each use it is asked whether the path still leads to the file that was opened; a file that was renamed away
/// must not take writes that nobody will see again.
package final class SQLiteStore: RecordStore {
    /// With the folder's links resolved.
    package let path: String
    private let beside: BesideFiles
    private var connection: Connection?
    /// Whether one read may leave its lock to the next.
    private var mayHold = false

    /// Opens the file of an existing vault.
    ///
    /// - Throws: `.absent` when there is none (an empty file, left by an `init` that was cut off, counts as none);
    ///   `.newer`, `.damaged`, `.unsafeFile`, `.busy`, `.io`.
    package static func open(_ path: String) throws(StoreError) -> SQLiteStore {
        let store = SQLiteStore(path: try VaultFolder.resolve(path))
        guard try !store.connected().isNew else {
            store.close()
            throw .absent
        }
        return store
    }

    /// Makes a new file (0600, in a folder made 0700 when it is missing); the first `commit` fills it.
    ///
    /// - Throws: `.exists` when there is a vault or anything else, `.readOnly`, `.full`, `.unsafeFile`, `.io`.
    package static func create(_ path: String) throws(StoreError) -> SQLiteStore {
        try VaultFolder.make(path)
        let path = try VaultFolder.resolve(path)
        try VaultFolder.check(path)
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        if file >= 0 {
            // The mode is set once more because a umask may have taken bits away.
            let isMade = fchmod(file, 0o600) == 0
            let code = errno
            Glibc.close(file)
            guard isMade else { throw .io(code: code) }
            try VaultFolder.sync(path)
        } else if errno != EEXIST {
            let code = errno
            switch code {
            case EACCES, EROFS, EPERM: throw .readOnly
            default: throw VaultFolder.full(code) ? .full : .io(code: code)
            }
        }
        let store = SQLiteStore(path: path)
        guard try store.connected().isNew else {
            store.close()
            throw .exists
        }
        return store
    }

    private init(path: String) {
        self.path = path
        beside = BesideFiles(path)
    }

    deinit { close() }

    package func beginReading() { mayHold = true }

    package func endReading() {
        mayHold = false
        connection?.letGo()
    }

    package func reopen() throws(StoreError) {
        close()
        _ = try connected()
    }

    package func close() {
        endReading()
        try? connection?.queue.close()
        connection = nil
    }

    /// The connection, after a look whether its file is still the one at the path; how large that is now bounds what the
    /// next statements may cost.
    func connected() throws(StoreError) -> Connection {
        if let connection {
            let now: FileIdentity
            do { now = try FileIdentity.read(path) } catch .absent { throw .replaced }
            guard now == connection.identity else { throw .replaced }
            // Who holds the lock already takes no file beside it for a part of it any more.
            if !connection.held.isHeld { _ = try beside.check() }
            connection.allowance.renew(for: now.size)
            return connection
        }
        try VaultFolder.check(path)
        let identity = try FileIdentity.read(path)
        // With a journal beside it the file may be half of a write: SQLite must put it right before anything is judged.
        let head = try FileHead.read(path, size: identity.size)
        let hasJournal = try beside.check()
        if hasJournal { try head?.checkJournal() } else { try head?.check() }
        let connection = try Connection(path, identity)
        // What was half of a write may have made it larger.
        connection.allowance.renew(for: try FileIdentity.read(path).size)
        self.connection = connection
        return connection
    }

    /// Runs `body` on the connection with the store's errors, without a lock that reads have left.
    func perform(_ body: (Connection, Database) throws -> Void) throws(StoreError) {
        connection?.letGo()
        try perform(on: try connected(), body)
    }

    /// As `perform`, under the lock that reads leave to each other when they may.
    func performRead(_ body: (Connection, Database) throws -> Void) throws(StoreError) {
        guard mayHold else { return try perform(body) }
        if connection?.held.isLong == true { connection?.letGo() }
        let connection = try connected()
        do throws(StoreError) {
            try perform(on: connection) { connection, db in
                try connection.held.hold(db)
                try body(connection, db)
            }
        } catch {
            connection.letGo()
            throw error
        }
    }

    private func perform(
        on connection: Connection, _ body: (Connection, Database) throws -> Void
    ) throws(StoreError) {
        do {
            try connection.queue.inDatabase { db in try body(connection, db) }
        } catch {
            throw StoreError(error, path)
        }
    }

    /// The error of a statement that did not step as it should.
    static func failure(_ db: Database, _ path: String) -> StoreError {
        StoreError(
            code: sqlite3_extended_errcode(db.sqliteConnection), system: sqlite3_system_errno(db.sqliteConnection), path
        )
    }
}
