internal import KistModel
internal import KistStore

/// A look at everything that an unlock does not look at: every row is read and opened, and rows are compared with the
/// index. In slices: between two of them others read and write, and what they change behind its back they have checked.
package final class Verification {
    private let vault: Vault
    /// The last row that was opened.
    private var after: RecordPlace?
    /// While rows of two roots lie in the store: the page of the index that is looked at.
    private var page = 0
    /// Then the rows of the store are counted.
    private var counting: RowCount?
    private var wasMoving = false
    /// Nothing is left to look at.
    package private(set) var isDone = false
    /// Rows that were opened.
    package private(set) var rows = 0

    package init(_ vault: Vault) { self.vault = vault }

    /// Goes on for a short while.
    ///
    /// - Returns: whether there is more to do.
    /// - Throws: `.damaged` for a row that is changed, missing, or not the vault's; `.locked` when the vault was locked.
    package func advance(isEnough: () -> Bool) throws(VaultError) -> Bool {
        guard !isDone else { return false }
        let (keys, contents) = try vault.opened()
        if contents.index.isMoving != wasMoving {
            // The index has another order from here on.
            wasMoving = contents.index.isMoving
            (after, page, rows, counting) = (nil, 0, 0, nil)
        }
        if wasMoving {
            isDone = try advance(contents.index, keys, isEnough)
        } else {
            let opening = RowOpening(keys: keys)
            isDone = try vault.scanInStep(after: &after, isEnough) { (parts, entry) throws(VaultError) in
                _ = try opening.row(parts, entry)
                rows += 1
            }
        }
        return !isDone
    }

    /// While rows move the index leads, as in `eachRowWhileMoving`.
    ///
    /// - Returns: whether that was the last one.
    private func advance(_ index: Index, _ keys: Keys, _ isEnough: () -> Bool) throws(VaultError) -> Bool {
        var count = 0
        while page < index.pages.count {
            while let entry = index.entry(after: after, onPage: page) {
                if count > 0, isEnough() { return false }
                _ = try vault.row(keys, entry)
                after = entry.place
                count += 1
                rows += 1
            }
            page += 1
            after = nil
        }
        var counting = counting ?? RowCount(index)
        defer { self.counting = counting }
        return try counting.advance(vault.store, index, isEnough)
    }

    /// The name of the credential whose row did not open, when one of its revisions still says it.
    func nameOfDamaged() throws(VaultError) -> String? {
        let (keys, contents) = try vault.opened()
        let index = contents.index
        var number = wasMoving ? page : after.map { index.pageNumber($0.lookup) } ?? 0
        var next: IndexEntry?
        while next == nil, number < index.pages.count {
            next = index.entry(after: number == page || !wasMoving ? after : nil, onPage: number)
            number += 1
        }
        guard let entry = next, (try? vault.row(keys, entry)) == nil else { return nil }
        let lookup = entry.place.lookup
        for revision in index.all(lookup, index.pageNumber(lookup)) {
            guard let stored = try? vault.overview(keys, revision) else { continue }
            guard let name = stored.overview?.name else { return "the profile \(stored.profile)" }
            return "\(name) in the profile \(stored.profile)"
        }
        return nil
    }
}

extension Vault {
    /// Opens every row and compares rows with the index, in one go.
    ///
    /// - Returns: the number of rows that were opened.
    /// - Throws: as `Verification.advance`.
    package func verify() throws(VaultError) -> Int {
        let all = Verification(self)
        while try all.advance(isEnough: { false }) {}
        return all.rows
    }

    /// Hands out rows as they lie in the store, in step with the index, for a while.
    ///
    /// - Parameter after: the last row that was handed out; moved on.
    /// - Returns: whether that were all; the index has no entry left then.
    /// - Throws: `.damaged` when a row is not the one that the index has next, and what `body` throws.
    /// - Precondition: the index is not moving.
    func scanInStep(
        after: inout RecordPlace?, _ isEnough: () -> Bool, _ body: (SealedParts, IndexEntry) throws(VaultError) -> Void
    ) throws(VaultError) -> Bool {
        let (_, contents) = try opened()
        var walk = IndexWalk(contents.index, after: after)
        var failure: VaultError?
        var isCut = false
        var isFirst = true
        try VaultError.from { () throws(StoreError) in
            try store.scan(after: after, secretToo: true) { place, parts in
                if !isFirst, isEnough() {
                    isCut = true
                    return false
                }
                do throws(VaultError) {
                    try walk.next(place) { entry, _ in
                        Result { () throws(VaultError) in try body(parts, IndexEntry(entry)) }
                    }.get()
                } catch {
                    failure = error
                    return false
                }
                after = place
                isFirst = false
                return true
            }
        }
        if let failure { throw failure }
        guard !isCut else { return false }
        try walk.finish()
        return true
    }
}
