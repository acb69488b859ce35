internal import GRDB
private import GRDBSQLite
private import Glibc

/// The shared lock of one read, kept for the reads that follow it at once. To take it and to see that nothing has changed
/// meanwhile costs a dozen calls of the system, more than the read itself; while it is held nobody can write, so there
/// is nothing to see.
///
/// No read begins under a lock that is older than two milliseconds: a writer, which shuts the door to new readers first, waits
/// for that and one read.
final class HeldLock {
    private static let longest: Int64 = 2_000_000

    private var since: Int64?

    var isHeld: Bool { since != nil }
    var isLong: Bool { since.map { Self.now - $0 > Self.longest } ?? false }

    /// Begins a transaction, in which the next read takes the lock.
    func hold(_ db: Database) throws {
        guard !isHeld else { return }
        try Self.run("BEGIN", db)
        since = Self.now
    }

    /// Ends it. There is nothing to write, so nothing can be lost.
    func letGo(_ db: Database) {
        since = nil
        // What broke in between may have ended it already.
        guard sqlite3_get_autocommit(db.sqliteConnection) == 0 else { return }
        if (try? Self.run("COMMIT", db)) == nil { sqlite3_exec(db.sqliteConnection, "ROLLBACK", nil, nil, nil) }
    }

    private static func run(_ sql: String, _ db: Database) throws {
        let statement = try db.cachedStatement(sql: sql).sqliteStatement
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
