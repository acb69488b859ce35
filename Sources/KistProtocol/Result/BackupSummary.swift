package import KistModel

/// What a backup holds: the last frame of `backup`, and the answer to `backupEnd`.
package struct BackupSummary: Hashable, Sendable {
    package var fingerprint: String
    package var made: Timestamp
    /// The vault's, when the backup was begun.
    package var generation: UInt64
    package var credentials: UInt64
    /// Rows: all kept revisions, and the markers of profiles.
    package var rows: UInt64
    /// After a restore: the name, in the vault's folder, of the vault that was there before.
    package var aside: String?

    package init(
        fingerprint: String, made: Timestamp, generation: UInt64, credentials: UInt64, rows: UInt64,
        aside: String? = nil
    ) {
        self.fingerprint = fingerprint
        self.made = made
        self.generation = generation
        self.credentials = credentials
        self.rows = rows
        self.aside = aside
    }

    package var json: JSONValue {
        [
            "fingerprint": .string(fingerprint),
            "made": .string(made.description),
            "generation": generation.json,
            "credentials": credentials.json,
            "rows": rows.json,
            "aside": aside.map { .string($0) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        fingerprint = try fields.string("fingerprint")
        made = try fields.timestamp("made")
        generation = try fields.natural("generation")
        credentials = try fields.natural("credentials")
        rows = try fields.natural("rows")
        aside = try fields.stringIfPresent("aside")
    }
}

/// How far a backup has come: every frame of `backup` but the last, and the answers to `backupOpen` and `backupPart`.
package struct BackupProgress: Hashable, Sendable {
    package var rows: UInt64
    package var done: UInt64

    package init(rows: UInt64, done: UInt64) {
        self.rows = rows
        self.done = done
    }

    package var json: JSONValue { ["rows": rows.json, "done": done.json] }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        rows = try fields.natural("rows")
        done = try fields.natural("done")
    }
}
