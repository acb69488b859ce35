internal import KistStore

/// Counts the rows of the store while rows of two roots lie in it: every row of the index has been opened, so a row too
/// many is one that the vault does not know. In slices: what others write between two of them shows in the index, and
/// what of it lies behind the count is put right from there.
struct RowCount {
    /// As it was when the slice before ended.
    private var index: Index
    /// The last row that was counted.
    private var after: RecordPlace?
    /// Rows up to that one.
    private var rows = 0

    init(_ index: Index) { self.index = index }

    /// Goes on for a short while.
    ///
    /// - Returns: whether all are counted.
    /// - Throws: `.damaged` when the store has not as many rows as the index.
    mutating func advance(
        _ store: any RecordStore, _ index: Index, _ isEnough: () -> Bool
    ) throws(VaultError) -> Bool {
        catchUp(with: index)
        var isCut = false
        var isFirst = true
        try VaultError.from { () throws(StoreError) in
            try store.scan(after: after, secretToo: false) { place, _ in
                if !isFirst, isEnough() {
                    isCut = true
                    return false
                }
                rows += 1
                after = place
                isFirst = false
                return true
            }
        }
        guard !isCut else { return false }
        guard rows >= index.rows else { throw .damaged("a record is missing") }
        guard rows == index.rows else { throw .damaged("there is a record that the vault does not know") }
        return true
    }

    /// Pages that nobody wrote are the same memory, so this looks at changed ones only.
    private mutating func catchUp(with index: Index) {
        defer { self.index = index }
        guard let after else { return }
        guard index.pages.count == self.index.pages.count else {
            self = RowCount(index)
            return
        }
        for (old, new) in zip(self.index.pages, index.pages) where old != new {
            rows += Self.entries(new, upTo: after) - Self.entries(old, upTo: after)
        }
    }

    private static func entries(_ page: [UInt8], upTo place: RecordPlace) -> Int {
        page.withUnsafeBytes { Index.upperBound($0, place) }
    }
}
