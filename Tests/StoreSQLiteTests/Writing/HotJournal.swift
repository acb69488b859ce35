import GRDB
import Glibc

/// Ends this process in the middle of a write, after pages reached the file.
enum HotJournal {
    static func make(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = 2")
            try db.execute(sql: "PRAGMA synchronous = EXTRA")
            try db.execute(sql: "BEGIN IMMEDIATE")
            try db.execute(sql: "UPDATE head SET value = x'00'")
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                    INSERT INTO record SELECT CAST(printf('%016d', i) AS BLOB), i, zeroblob(500), zeroblob(500) FROM n
                    """)
            kill(getpid(), SIGKILL)
        }
    }
}
