internal import KistStore

/// Goes through an index in step with a scan of the store: each row must be the next entry. A row that is missing, there
/// twice, out of order or unknown is noticed at its place, whatever the number of rows.
struct IndexWalk {
    private let index: Index
    private var page = 0
    /// Bytes into the page.
    private var offset = 0

    /// Starts with the first entry beyond `start`; `nil`: with the first.
    ///
    /// - Precondition: the index is not moving; its pages are in the store's order then.
    init(_ index: Index, after start: RecordPlace? = nil) {
        self.index = index
        if let start {
            page = index.pageNumber(start.lookup)
            offset = index.pages[page].withUnsafeBytes { Index.upperBound($0, start) } * IndexEntry.byteCount
        }
        skipEmptyPages()
    }

    /// Whether every entry was met.
    var isAtEnd: Bool { page == index.pages.count }

    /// Takes the row at `place`.
    ///
    /// - Returns: its entry, and whether it is the newest of its credential.
    /// - Throws: `.damaged` when another row, or none, belongs here.
    mutating func next<R>(
        _ place: RecordPlace, _ body: (_ entry: UnsafeRawBufferPointer, _ isNewest: Bool) -> R
    ) throws(VaultError) -> R {
        guard !isAtEnd else { throw Self.unknown }
        let answer: Result<R, VaultError> = index.pages[page].withUnsafeBytes { bytes in
            let position = offset / IndexEntry.byteCount
            let entry = Index.slice(bytes, position)
            let expected = IndexEntry.place(entry)
            guard expected == place else { return .failure(expected < place ? Self.missing : Self.unknown) }
            // Revisions of one credential are neighbours on one page.
            let end = offset + IndexEntry.byteCount == bytes.count
            let isNewest = end || IndexEntry.place(Index.slice(bytes, position + 1)).lookup != place.lookup
            return .success(body(entry, isNewest))
        }
        offset += IndexEntry.byteCount
        skipEmptyPages()
        return try answer.get()
    }

    /// - Throws: `.damaged` when entries are left that no row was there for.
    func finish() throws(VaultError) {
        guard isAtEnd else { throw Self.missing }
    }

    private mutating func skipEmptyPages() {
        while page < index.pages.count, offset >= index.pages[page].count {
            page += 1
            offset = 0
        }
    }

    private static let missing = VaultError.damaged("a record is missing")
    private static let unknown = VaultError.damaged("there is a record that the vault does not know")
}
