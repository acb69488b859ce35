/// The one schema that a vault has. Any other text, one table more, an index or a trigger is a refusal.
enum Schema {
    static let statements = [
        "CREATE TABLE head(name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE page(number INTEGER NOT NULL PRIMARY KEY, entries BLOB NOT NULL) WITHOUT ROWID",
        "CREATE TABLE record(lookup BLOB NOT NULL, revision INTEGER NOT NULL, overview BLOB NOT NULL, "
            + "secret BLOB NOT NULL, PRIMARY KEY(lookup, revision)) WITHOUT ROWID",
    ]

    /// What `sqlite_schema` must hold, in order of name.
    static var expected: [String] {
        zip(["head", "page", "record"], statements).map { "table|\($0)|\($0)|\($1)" }
    }
}
