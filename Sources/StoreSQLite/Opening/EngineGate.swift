internal import KistStore

/// Which combinations of engine and journal are safe: a write-ahead log can lose a reset before SQLite 3.51.3 when there
/// is more than one writer.
enum EngineGate {
    /// - Parameters:
    ///   - version: as SQLite numbers it, 3,051,003 for 3.51.3.
    ///   - journalMode: as read back.
    ///   - isOnlyWriter: whether nobody else can have the file open.
    static func isSafe(version: Int, journalMode: String, isOnlyWriter: Bool) -> Bool {
        journalMode != "wal" || version >= 3_051_003 || isOnlyWriter
    }

    /// The oldest engine whose behaviour was looked at.
    static let oldest = 3_040_001

    /// - Throws: `.unsafeFile` naming the rule.
    static func check(version: Int, journalMode: String) throws(StoreError) {
        guard version >= oldest else { throw .unsafeFile("SQLite is older than 3.40.1") }
        guard isSafe(version: version, journalMode: journalMode, isOnlyWriter: false), journalMode == "delete" else {
            throw .unsafeFile("the journal is not a rollback journal")
        }
    }
}
