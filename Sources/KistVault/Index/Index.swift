internal import KistCrypto
internal import KistStore
internal import SecretMemory

/// Every row that the vault holds, with the tags of its parts: 2^bits pages of sorted entries, chosen by the first bits
/// of the lookup id. A value: a write changes a copy, which takes the original's place after the commit.
struct Index {
    /// Entries of a page, sorted by place, end to end.
    var pages: [[UInt8]]
    private(set) var bits: UInt8
    /// Entries in all pages.
    var rows = 0
    /// Distinct lookup ids.
    var lookups = 0
    /// Entries of rows that were moved to the new root.
    private(set) var moved = 0
    /// Pages that a write must store; and whether their number changed.
    private(set) var changed: Set<Int> = []
    private(set) var wasResized = false

    static let mostBits: UInt8 = 20
    /// Pages double in number when they hold more than this on average.
    static let crowded = 64

    /// Whether a change of the root moves rows: pages then go by the former lookup ids and keep their number.
    var isMoving = false

    init(bits: UInt8 = 0, isMoving: Bool = false) {
        self.bits = bits
        self.isMoving = isMoving
        pages = Array(repeating: [], count: 1 << Int(bits))
    }

    func pageNumber(_ lookup: LookupID) -> Int { bits == 0 ? 0 : Int(lookup.high >> (64 - UInt64(bits))) }

    /// The newest entry of a credential.
    func newest(_ address: Address) -> IndexEntry? {
        pages[pageNumber(address.home)].withUnsafeBytes { page in
            for lookup in [address.lookup, address.former] {
                guard let lookup else { continue }
                let end = Self.upperBound(page, RecordPlace(lookup: lookup, revision: .max))
                if end > 0, IndexEntry.place(Self.slice(page, end - 1)).lookup == lookup {
                    return IndexEntry(Self.slice(page, end - 1))
                }
            }
            return nil
        }
    }

    /// Every entry of a credential, oldest first. They are all moved, or none is.
    func all(_ address: Address) -> [IndexEntry] {
        let page = pageNumber(address.home)
        let entries = all(address.lookup, page)
        guard entries.isEmpty, let former = address.former else { return entries }
        return all(former, page)
    }

    /// Every entry with this lookup id on one page, oldest first.
    func all(_ lookup: LookupID, _ page: Int) -> [IndexEntry] {
        pages[page].withUnsafeBytes { page in
            var entries: [IndexEntry] = []
            var position = Self.upperBound(page, RecordPlace(lookup: lookup, revision: .max))
            while position > 0, IndexEntry.place(Self.slice(page, position - 1)).lookup == lookup {
                position -= 1
                entries.append(IndexEntry(Self.slice(page, position)))
            }
            return entries.reversed()
        }
    }

    /// The entry of one row on a page.
    func entry(_ place: RecordPlace, _ page: Int) -> IndexEntry? {
        pages[page].withUnsafeBytes { page in
            let end = Self.upperBound(page, place)
            guard end > 0 else { return nil }
            let entry = Self.slice(page, end - 1)
            return IndexEntry.place(entry) == place ? IndexEntry(entry) : nil
        }
    }

    /// The first entry of one page, or the first one behind `place`.
    func entry(after place: RecordPlace?, onPage page: Int) -> IndexEntry? {
        pages[page].withUnsafeBytes { page in
            let position = place.map { Self.upperBound(page, $0) } ?? 0
            return position < page.count / IndexEntry.byteCount ? IndexEntry(Self.slice(page, position)) : nil
        }
    }

    mutating func insert(_ entry: IndexEntry, _ address: Address) {
        replace(pageNumber(address.home), dropping: [], adding: [entry])
    }

    /// - Precondition: `place` is in the index.
    mutating func remove(_ place: RecordPlace, _ address: Address) {
        replace(pageNumber(address.home), dropping: [place], adding: [])
    }

    /// Changes one page, which keeps no more memory than it needs.
    ///
    /// - Precondition: both lists are sorted by place; what is dropped is there, what is added is not.
    mutating func replace(_ number: Int, dropping: [RecordPlace], adding: [IndexEntry]) {
        let old = pages[number]
        let size = IndexEntry.byteCount
        let count = old.count + (adding.count - dropping.count) * size
        var met = 0
        var seen = 0
        var gone = 0
        let new = [UInt8](unsafeUninitializedCapacity: count) { target, written in
            var (position, next) = (0, 0)
            var last: LookupID?
            func put(_ entry: UnsafeRawBufferPointer, _ place: RecordPlace) {
                UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(target)[position..<position + size]
                )
                .copyMemory(from: entry)
                position += size
                if place.lookup != last { seen += 1 }
                last = place.lookup
            }
            old.withUnsafeBytes { old in
                for index in 0..<old.count / size {
                    let entry = Self.slice(old, index)
                    let place = IndexEntry.place(entry)
                    while next < adding.count, adding[next].place < place {
                        adding[next].bytes.withUnsafeBytes { put($0, adding[next].place) }
                        next += 1
                    }
                    if met < dropping.count, dropping[met] == place {
                        met += 1
                        if IndexEntry.isMoved(entry) { gone += 1 }
                    } else {
                        put(entry, place)
                    }
                }
            }
            while next < adding.count {
                adding[next].bytes.withUnsafeBytes { put($0, adding[next].place) }
                next += 1
            }
            written = position
        }
        precondition(met == dropping.count)
        lookups += seen - Self.lookups(old)
        rows += adding.count - dropping.count
        moved += adding.count(where: \.isMoved) - gone
        pages[number] = new
        changed.insert(number)
    }

    /// Distinct lookup ids on a page.
    private static func lookups(_ page: [UInt8]) -> Int {
        page.withUnsafeBytes { page in
            var (count, last) = (0, LookupID?.none)
            for position in 0..<page.count / IndexEntry.byteCount {
                let lookup = IndexEntry.place(slice(page, position)).lookup
                if lookup != last { count += 1 }
                last = lookup
            }
            return count
        }
    }

    /// Doubles the pages until `more` entries fit without crowding. All pages are then to be written anew.
    mutating func makeRoom(for more: Int) {
        guard !isMoving else { return }
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
            let entry = Self.slice(page, position)
            let place = IndexEntry.place(entry)
            // An entry that has been moved lies where its former lookup id would, which it does not tell.
            guard IndexEntry.isMoved(entry) ? isMoving : pageNumber(place.lookup) == number else { throw Malformed() }
            if let last {
                guard last < place else { throw Malformed() }
                if last.lookup != place.lookup { lookups += 1 }
            } else {
                lookups += 1
            }
            last = place
            rows += 1
            if IndexEntry.isMoved(entry) { moved += 1 }
        }
        pages[Int(number)] = [UInt8](page)
    }

    /// Entries at or before `place`.
    static func upperBound(_ page: UnsafeRawBufferPointer, _ place: RecordPlace) -> Int {
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
