internal import KistCrypto
internal import KistStore
internal import SecretMemory

/// Every row that the vault holds, with the tags of its parts: 2^bits pages of sorted entries, chosen by the first bits
/// of the lookup id. A value: a write changes a copy, which takes the original's place after the commit.
struct Index {
    /// Entries of a page, sorted by place, end to end.
    private(set) var pages: [[UInt8]]
    private(set) var bits: UInt8
    /// Entries in all pages.
    private(set) var rows = 0
    /// Distinct lookup ids.
    private(set) var lookups = 0
    /// Pages that a write must store; and whether their number changed.
    private(set) var changed: Set<Int> = []
    private(set) var wasResized = false

    static let mostBits: UInt8 = 20
    /// Pages double in number when they hold more than this on average.
    static let crowded = 64

    init(bits: UInt8 = 0) {
        self.bits = bits
        pages = Array(repeating: [], count: 1 << Int(bits))
    }

    func pageNumber(_ lookup: LookupID) -> Int { bits == 0 ? 0 : Int(lookup.high >> (64 - UInt64(bits))) }

    /// The newest entry of a credential.
    func newest(_ lookup: LookupID) -> IndexEntry? {
        pages[pageNumber(lookup)].withUnsafeBytes { page in
            let end = Self.upperBound(page, RecordPlace(lookup: lookup, revision: .max))
            guard end > 0 else { return nil }
            let entry = Self.slice(page, end - 1)
            return IndexEntry.place(entry).lookup == lookup ? IndexEntry(entry) : nil
        }
    }

    /// Every entry of a credential, oldest first.
    func all(_ lookup: LookupID) -> [IndexEntry] {
        pages[pageNumber(lookup)].withUnsafeBytes { page in
            var entries: [IndexEntry] = []
            var position = Self.upperBound(page, RecordPlace(lookup: lookup, revision: .max))
            while position > 0, IndexEntry.place(Self.slice(page, position - 1)).lookup == lookup {
                position -= 1
                entries.append(IndexEntry(Self.slice(page, position)))
            }
            return entries.reversed()
        }
    }

    /// The entry of one row.
    func entry(_ place: RecordPlace) -> IndexEntry? {
        pages[pageNumber(place.lookup)].withUnsafeBytes { page in
            let end = Self.upperBound(page, place)
            guard end > 0 else { return nil }
            let entry = Self.slice(page, end - 1)
            return IndexEntry.place(entry) == place ? IndexEntry(entry) : nil
        }
    }

    mutating func insert(_ entry: IndexEntry) {
        let number = pageNumber(entry.place.lookup)
        if newest(entry.place.lookup) == nil { lookups += 1 }
        let position = pages[number].withUnsafeBytes { Self.upperBound($0, entry.place) }
        pages[number].insert(contentsOf: entry.bytes, at: position * IndexEntry.byteCount)
        rows += 1
        changed.insert(number)
    }

    /// - Precondition: `place` is in the index.
    mutating func remove(_ place: RecordPlace) {
        let number = pageNumber(place.lookup)
        let end = pages[number].withUnsafeBytes { Self.upperBound($0, place) }
        precondition(end > 0)
        pages[number].removeSubrange((end - 1) * IndexEntry.byteCount..<end * IndexEntry.byteCount)
        rows -= 1
        if newest(place.lookup) == nil { lookups -= 1 }
        changed.insert(number)
    }

    /// Doubles the pages until `more` entries fit without crowding. All pages are then to be written anew.
    mutating func makeRoom(for more: Int) {
        var target = bits
        while target < Self.mostBits, rows + more > Self.crowded << Int(target) { target += 1 }
        guard target != bits else { return }
        var larger = Index(bits: target)
        for page in pages {
            page.withUnsafeBytes { page in
                for position in 0..<page.count / IndexEntry.byteCount {
                    let entry = Self.slice(page, position)
                    larger.pages[larger.pageNumber(IndexEntry.place(entry).lookup)].append(contentsOf: entry)
                }
            }
        }
        larger.rows = rows
        larger.lookups = lookups
        larger.changed = Set(larger.pages.indices)
        larger.wasResized = true
        self = larger
    }

    /// The write is done: nothing is left to store.
    mutating func settle() {
        changed = []
        wasResized = false
    }

    /// Takes a page as it came from the store.
    ///
    /// - Throws: when it is not one that `insert` and `remove` could have made.
    mutating func load(_ number: UInt32, _ page: UnsafeRawBufferPointer) throws(Malformed) {
        guard number < pages.count, pages[Int(number)].isEmpty, !page.isEmpty, page.count % IndexEntry.byteCount == 0
        else { throw Malformed() }
        var last: RecordPlace?
        for position in 0..<page.count / IndexEntry.byteCount {
            let place = IndexEntry.place(Self.slice(page, position))
            guard pageNumber(place.lookup) == number else { throw Malformed() }
            if let last {
                guard last < place else { throw Malformed() }
                if last.lookup != place.lookup { lookups += 1 }
            } else {
                lookups += 1
            }
            last = place
            rows += 1
        }
        pages[Int(number)] = [UInt8](page)
    }

    /// Entries at or before `place`.
    private static func upperBound(_ page: UnsafeRawBufferPointer, _ place: RecordPlace) -> Int {
        var low = 0
        var high = page.count / IndexEntry.byteCount
        while low < high {
            let middle = (low + high) / 2
            if place < IndexEntry.place(slice(page, middle)) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    static func slice(_ page: UnsafeRawBufferPointer, _ position: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: page[position * IndexEntry.byteCount..<(position + 1) * IndexEntry.byteCount])
    }
}
