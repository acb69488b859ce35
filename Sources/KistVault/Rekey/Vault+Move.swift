internal import KistCrypto
internal import KistStore

extension Vault {
    /// Moves credentials whole, in the order of their former lookup ids: all the revisions of one in one commit, so that a
    /// name is never found in two places.
    func move(_ work: RekeyWork, _ most: Int, _ isEnough: () -> Bool) throws(VaultError) {
        let (keys, contents) = try opened()
        let index = contents.index
        let resealing = Resealing(keys)
        // Of the credential at hand: entries whose rows are still to come, and rows that came.
        var expected: ArraySlice<IndexEntry> = []
        var group: [ResealedRow] = []
        var present: LookupID?
        var isCut = false
        var count = 0
        try scan(work) { place, parts throws(VaultError) in
            if place.lookup != present {
                guard expected.isEmpty else { throw Self.missing }
                if work.isFull(most) || (count > 0 && isEnough()) {
                    isCut = true
                    return false
                }
                present = place.lookup
                expected = index.all(place.lookup, index.pageNumber(place.lookup)).filter { !$0.isMoved }[...]
            }
            count += 1
            // A row of the new side, or one that nobody knows: the check that follows has an eye on the latter.
            guard let next = expected.first, next.place <= place else {
                if group.isEmpty { work.after = place }
                return true
            }
            guard next.place == place else { throw Self.missing }
            group.append(try resealing.row(parts, next))
            expected.removeFirst()
            if expected.isEmpty {
                for row in group { work.add(row) }
                group = []
                work.after = place
            }
            return true
        }
        guard expected.isEmpty else { throw Self.missing }
        if !isCut || work.isFull(most) { try write(work, most) }
        guard !isCut, work.rows.isEmpty, let contents = self.contents else { return }
        if contents.index.moved < contents.index.rows { throw Self.missing }
    }

    /// Seals rows anew, each at its place, that have an older data key.
    func renew(_ work: RekeyWork, _ most: Int, _ isEnough: () -> Bool) throws(VaultError) {
        let (keys, contents) = try opened()
        let resealing = Resealing(keys)
        var walk = IndexWalk(contents.index, after: work.after)
        var isCut = false
        var count = 0
        try scan(work) { place, parts throws(VaultError) in
            if work.isFull(most) || (count > 0 && isEnough()) {
                isCut = true
                return false
            }
            count += 1
            try walk.next(place) { entry, _ in
                Result { () throws(VaultError) in
                    if (try? Envelope.epoch(of: parts.overview)) == keys.sealingEpoch { return }
                    work.add(try resealing.row(parts, IndexEntry(entry)))
                }
            }.get()
            work.after = place
            return true
        }
        work.done += count
        if !isCut || work.isFull(most) { try write(work, most) }
        guard !isCut, work.rows.isEmpty else { return }
        try walk.finish()
        work.isRenewed = true
        work.after = nil
        work.done = 0
    }

    /// Writes the first of what is prepared, `most` rows and what else those credentials have, but for rows that were changed
    /// or removed meanwhile.
    private func write(_ work: RekeyWork, _ most: Int) throws(VaultError) {
        let (keys, contents) = try opened()
        let rows = work.take(most)
        var write = Write(self, keys, contents, making: 0)
        var position = 0
        while position < rows.count {
            let page = contents.index.pageNumber(rows[position].old.place.lookup)
            var onPage: [ResealedRow] = []
            while position < rows.count, contents.index.pageNumber(rows[position].old.place.lookup) == page {
                let row = rows[position]
                if contents.index.entry(row.old.place, page) == row.old { onPage.append(row) }
                position += 1
            }
            if !onPage.isEmpty { write.take(onPage, onPage: page) }
        }
        guard !write.added.isEmpty else { return }
        work.commits += 1
        try commit(write, remembering: work.commits % Self.remembered == 0)
    }

    /// An anchor may lag behind by as many commits, all of them of a job: less than the chain's last rung.
    private static let remembered = 16

    private func scan(
        _ work: RekeyWork, _ body: (RecordPlace, SealedParts) throws(VaultError) -> Bool
    ) throws(VaultError) {
        var failure: VaultError?
        try VaultError.from { () throws(StoreError) in
            try store.scan(after: work.after, secretToo: true) { place, parts in
                do throws(VaultError) { return try body(place, parts) } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
    }

    private static let missing = VaultError.damaged("a record is missing")
}
