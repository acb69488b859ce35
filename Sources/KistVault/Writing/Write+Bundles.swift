internal import KistCrypto
internal import KistModel
internal import KistStore
internal import SecretMemory

extension OpenedRow {
    /// The bundles to be noted with the next revision: those of this one, stale from now on when the credential changes.
    ///
    /// - Throws: `.tooLarge`, so that an overview with its bundles fits an answer of the agent.
    func bundles(
        after item: PutItem, _ policy: Policy, _ secrets: borrowing SecretSegments, from segment: Int,
        adding added: [BundleNote]
    ) throws(VaultError) -> [BundleNote] {
        guard let before = overview.overview else { return [] }
        var notes = before.bundles
        if let bundle = added.first {
            // A bundle takes the place of the one that was made at its path before.
            notes.removeAll { $0.label == bundle.label }
            notes += added
            // The oldest go; those that have expired go first.
            while notes.count > BundleNote.most {
                notes.remove(at: notes.firstIndex { $0.expiry.isPast(at: bundle.sealed) } ?? 0)
            }
        } else if !notes.isEmpty {
            let isSame = before.policy == policy && gives(the: item, secrets, from: segment)
            if !isSame { for index in notes.indices { notes[index].isStale = true } }
        }
        guard notes.isEmpty || item.plainBytes <= PutItem.longestWithBundles else {
            throw .tooLarge("the plain values of a credential that is in bundles have at most 24 KiB together")
        }
        return notes
    }

    /// What `since` is in a row after this one: a note, or the same once more.
    ///
    /// That a write brought the same values is said only where everybody may see them. Elsewhere it would be a way to guess them.
    func since(
        _ item: PutItem, _ policy: Policy, _ secrets: borrowing SecretSegments, from segment: Int, isNote: Bool
    ) -> UInt64? {
        guard let before = overview.overview else { return nil }
        let isSame = before.policy == .allow && policy == .allow && gives(the: item, secrets, from: segment)
        return isNote || isSame ? before.valuesRevision : nil
    }

    /// Whether a program gets the same of both.
    private func gives(the item: PutItem, _ secrets: borrowing SecretSegments, from segment: Int) -> Bool {
        guard let before = overview.overview else { return false }
        return before.platform == item.platform && before.variant == item.variant && before.plain == item.plain
            && before.expiry == item.expiry && before.secrets == item.secrets
            && holds(secrets.slice(segment..<segment + item.secrets.count))
    }

    /// Whether both rows say the same about the credential, but for bundles, rejections and who wrote.
    func saysTheSame(as other: borrowing OpenedRow) -> Bool {
        guard var mine = overview.overview, var theirs = other.overview.overview else { return false }
        (mine.bundles, mine.rejections) = ([], [])
        (theirs.bundles, theirs.rejections) = ([], [])
        theirs.modified = mine.modified
        theirs.revision = mine.revision
        theirs.since = mine.since
        return mine == theirs && holds(other.secret.segments)
    }

    private func holds(_ values: borrowing SecretSegments) -> Bool {
        let mine = secret.segments
        return mine.lengths == values.lengths && mine.bytes == values.bytes
    }
}

extension OpenedRow {
    /// Whether a write of `item` would change nothing.
    func isSame(as item: PutItem, _ secrets: borrowing SecretSegments) -> Bool {
        guard let overview = overview.overview else { return false }
        return overview.platform == item.platform && overview.variant == item.variant && overview.plain == item.plain
            && overview.expiry == item.expiry && overview.note == item.note && overview.secrets == item.secrets
            && overview.rejections.isEmpty && (item.policy ?? overview.policy) == overview.policy && holds(secrets)
    }
}

extension PutItem {
    /// Bytes of all plain values and the note of a credential that is in bundles.
    static let longestWithBundles = 24 * 1_024

    fileprivate var plainBytes: Int { plain.reduce(note?.utf8.count ?? 0) { $0 + $1.value.utf8.count } }
}

extension Write {
    /// Whether the newest revision differs from the one before only by its bundles and rejections. The next such note takes its
    /// place: ten seals must not push ten earlier secrets out of the history.
    func isNote(_ newest: borrowing OpenedRow, at address: Address) throws(VaultError) -> Bool {
        let entries = index.all(address)
        guard entries.count > 1, let overview = newest.overview.overview,
            !overview.bundles.isEmpty || !overview.rejections.isEmpty
        else { return false }
        return try vault.row(keys, entries[entries.count - 2]).saysTheSame(as: newest)
    }
}
