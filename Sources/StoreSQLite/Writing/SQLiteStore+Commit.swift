internal import GRDB
private import GRDBSQLite
package import KistStore

extension SQLiteStore {
    package func commit(_ change: StoreChange) throws(StoreError) {
        try perform { connection, db in
            try db.inTransaction(.immediate) {
                if connection.isNew { try makeSchema(db, change) } else { try checkManifest(db, change) }
                try apply(change, db)
                return .commit
            }
            connection.isNew = false
            if change.added.count > 1_000 { sqlite3_db_release_memory(db.sqliteConnection) }
        }
        if change.expected == nil { try VaultFolder.sync(path) }
    }

    private func makeSchema(_ db: Database, _ change: StoreChange) throws {
        guard change.expected == nil else { throw StoreError.replaced }
        try db.execute(sql: "PRAGMA application_id = \(FileHead.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(FileHead.formatVersion)")
        for statement in Schema.statements { try db.execute(sql: statement) }
    }

    /// Looks inside the transaction whether the file is still at the state that the change was made for.
    private func checkManifest(_ db: Database, _ change: StoreChange) throws {
        guard let expected = change.expected, try loadHead(db)?.manifest == expected else { throw StoreError.replaced }
    }

    private func apply(_ change: StoreChange, _ db: Database) throws {
        let head = try RowWriter(db, "INSERT OR REPLACE INTO head VALUES(?, ?)", path)
        for (name, value) in [("header", change.header), ("manifest", change.manifest)] {
            guard let value else { continue }
            head.bind(name, 1)
            head.bind(value, 2)
            try head.run()
        }
        let drop = try RowWriter(db, "DELETE FROM record WHERE lookup = ? AND revision = ?", path)
        for place in change.removed {
            drop.bind(place.lookup, 1)
            drop.bind(place.revision, 2)
            try drop.run()
        }
        let add = try RowWriter(db, "INSERT INTO record VALUES(?, ?, ?, ?)", path)
        for record in change.added {
            add.bind(record.place.lookup, 1)
            add.bind(record.place.revision, 2)
            add.bind(record.overview, 3)
            add.bind(record.secret, 4)
            try add.run()
        }
        try applyPages(change, db)
    }

    private func applyPages(_ change: StoreChange, _ db: Database) throws {
        if change.replacesAllPages { try RowWriter(db, "DELETE FROM page", path).run() }
        let drop = try RowWriter(db, "DELETE FROM page WHERE number = ?", path)
        let set = try RowWriter(db, "INSERT OR REPLACE INTO page VALUES(?, ?)", path)
        for page in change.pages {
            if page.bytes.isEmpty {
                drop.bind(UInt64(page.number), 1)
                try drop.run()
            } else {
                set.bind(UInt64(page.number), 1)
                set.bind(page.bytes, 2)
                try set.run()
            }
        }
    }
}
