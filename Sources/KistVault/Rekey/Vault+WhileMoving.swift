internal import KistCrypto
internal import KistStore

extension Vault {
    /// As `eachRow`, while rows of two roots lie in the store: the index is not in the store's order then, so it leads and
    /// every row is fetched. A row that nobody asked for shows in the number of rows.
    ///
    /// Without secrets only the newest rows are fetched; the others are counted.
    func eachRowWhileMoving(
        _ contents: Contents, secretToo: Bool,
        _ body: (RecordPlace, SealedParts, UnsafeRawBufferPointer, _ isNewest: Bool) throws(VaultError) -> Void
    ) throws(VaultError) {
        for page in contents.index.pages {
            let count = page.count / IndexEntry.byteCount
            for position in 0..<count {
                let fetched: Result<Void, VaultError>? = try page.withBytes { (page) throws(VaultError) in
                    let entry = Index.slice(page, position)
                    let place = IndexEntry.place(entry)
                    let isNewest =
                        position + 1 == count
                        || IndexEntry.place(Index.slice(page, position + 1)).lookup != place.lookup
                    guard secretToo || isNewest else { return .success(()) }
                    return try VaultError.from { () throws(StoreError) in
                        try store.withRecord(at: place, secretToo: secretToo) { parts in
                            Result { () throws(VaultError) in try body(place, parts, entry, isNewest) }
                        }
                    }
                }
                guard let fetched else { throw .damaged("a record is missing") }
                try fetched.get()
            }
        }
        var rows = RowCount(contents.index)
        _ = try rows.advance(store, contents.index, { false })
    }
}
