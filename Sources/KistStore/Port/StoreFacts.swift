/// What `doctor` shows about a store: settings as read back, not as requested.
package struct StoreFacts: Equatable, Sendable {
    /// "SQLite 3.40.1".
    package var engine: String
    package var path: String
    /// Bytes on disk.
    package var size: Int64
    package var journalMode: String
    /// SQLite's number: 3 is EXTRA.
    package var synchronous: Int
    package var secureDelete: Bool
    package var trustedSchema: Bool
    package var cellSizeCheck: Bool
    /// 2 is memory.
    package var temporaryStore: Int
    package var defensive: Bool

    package init(
        engine: String, path: String, size: Int64 = 0, journalMode: String = "", synchronous: Int = 0,
        secureDelete: Bool = false, trustedSchema: Bool = true, cellSizeCheck: Bool = false, temporaryStore: Int = 0,
        defensive: Bool = false
    ) {
        self.engine = engine
        self.path = path
        self.size = size
        self.journalMode = journalMode
        self.synchronous = synchronous
        self.secureDelete = secureDelete
        self.trustedSchema = trustedSchema
        self.cellSizeCheck = cellSizeCheck
        self.temporaryStore = temporaryStore
        self.defensive = defensive
    }
}
