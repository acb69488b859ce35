package import KistModel
internal import KistStore

/// Which credentials can be meant by a platform and a word in a plain value, so that a helper's question does not open every
/// row of a large vault.
///
/// It has no text, only hashes under a key of this process; two words that share one make a candidate more, and every
/// candidate is opened and looked at. Made by the first such question, gone with the keys.
struct WordIndex {
    private struct Mark {
        let hash: UInt64
        let position: UInt32
    }

    /// Words of one credential; one that has more, or a longer value, is always a candidate.
    static let mostWords = 64
    static let longestValue = 4_096
    /// Credentials that were written since; with more it is made anew.
    static let mostChanged = 256

    /// Sorted by hash once `finish` was called.
    private var marks: [Mark] = []
    private var lookups: [LookupID] = []
    private var always: Set<LookupID> = []
    private var changed: Set<LookupID> = []
    /// Of the vault that it describes.
    private(set) var generation: UInt64

    init(generation: UInt64) { self.generation = generation }

    mutating func add(_ overview: Overview, _ lookup: LookupID) {
        let position = UInt32(lookups.count)
        lookups.append(lookup)
        marks.append(Mark(hash: Self.hash(overview.platform, []), position: position))
        var count = 0
        for field in overview.plain {
            guard field.value.utf8.count <= Self.longestValue, count <= Self.mostWords else {
                always.insert(lookup)
                return
            }
            PlainWords.each(of: field.value.utf8) { word in
                count += 1
                guard count <= Self.mostWords else { return }
                marks.append(Mark(hash: Self.hash(overview.platform, word), position: position))
            }
        }
        if count > Self.mostWords { always.insert(lookup) }
    }

    mutating func finish() { marks.sort { $0.hash < $1.hash } }

    /// - Parameter text: `nil` for every credential of the platform.
    func candidates(_ lines: [(platform: String, text: String?)]) -> Set<LookupID> {
        var found = always.union(changed)
        for (platform, text) in lines {
            var words: [[UInt8]] = []
            PlainWords.each(of: (text ?? "").utf8) { words.append($0) }
            // Whoever holds the text has each of its words; the longest is the rarest.
            insert(Self.hash(platform, words.max { $0.count < $1.count } ?? []), into: &found)
        }
        return found
    }

    /// A write was made.
    ///
    /// - Returns: `false` when it is better made anew.
    mutating func follow(_ written: some Sequence<LookupID>, to generation: UInt64) -> Bool {
        changed.formUnion(written)
        self.generation = generation
        return changed.count <= Self.mostChanged
    }

    private func insert(_ hash: UInt64, into found: inout Set<LookupID>) {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        while low < marks.count, marks[low].hash == hash {
            found.insert(lookups[Int(marks[low].position)])
            low += 1
        }
    }

    private static func hash(_ platform: String, _ word: [UInt8]) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(platform)
        word.withUnsafeBytes { hasher.combine(bytes: $0) }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}

extension Vault {
    /// As `list`, where every overview that `isWanted` has one of these platforms, and beside it that text in a plain value
    /// (as `PlainWords.holds` sees it): the others are mostly not opened.
    package func list(
        _ profile: ProfileName?, holding lines: [(platform: String, text: String?)], where isWanted: (Overview) -> Bool
    ) throws(VaultError) -> [Overview] {
        let (keys, contents) = try opened()
        guard !contents.index.isMoving else { return try list(profile, where: isWanted) }
        if words?.generation != contents.manifest.generation { words = try readWords(contents) }
        guard let lookups = words?.candidates(lines), lookups.count <= contents.index.lookups / 4 + 16 else {
            return try list(profile, where: isWanted)
        }
        var overviews: [Overview] = []
        for lookup in lookups {
            // Removed since.
            guard let entry = contents.index.newest(Address(lookup)) else { continue }
            guard let overview = try overview(keys, entry).overview, profile == nil || overview.profile == profile,
                isWanted(overview)
            else { continue }
            overviews.append(overview)
        }
        return ListOrder.positions(of: overviews).map { overviews[$0] }
    }

    private func readWords(_ contents: Contents) throws(VaultError) -> WordIndex {
        var words = WordIndex(generation: contents.manifest.generation)
        try eachOverview { row, place in
            if let overview = row.overview { words.add(overview, place.lookup) }
        }
        words.finish()
        return words
    }
}
