internal import KistCrypto
internal import KistStore
internal import SecretMemory

/// Puts the pages of an index together from rows that come in their order, one page at a time: counts and digest of a
/// hundred thousand rows without an index in memory.
struct PageBuilder {
    private let bits: UInt8
    private let hash: PageHash
    private var number = 0
    private var page: [UInt8] = []
    private var last: RecordPlace?

    private(set) var digest = Digest()
    private(set) var rows: UInt64 = 0
    private(set) var lookups: UInt64 = 0

    init(bits: UInt8, incarnation: [UInt8]) {
        self.bits = bits
        hash = PageHash(incarnation: incarnation, bits: bits)
    }

    /// - Returns: the page before, when this entry begins another one.
    /// - Throws: when the entry is not behind the one before it.
    mutating func add(_ entry: IndexEntry, _ key: borrowing SecretBytes) throws(Malformed) -> IndexPage? {
        if let last {
            guard last < entry.place else { throw Malformed() }
        }
        if last?.lookup != entry.place.lookup { lookups += 1 }
        last = entry.place
        rows += 1
        let next = bits == 0 ? 0 : Int(entry.place.lookup.high >> (64 - UInt64(bits)))
        let done = next == number ? nil : finish(key)
        number = next
        page.append(contentsOf: entry.bytes)
        return done
    }

    /// The last page; `nil` when there is none.
    mutating func finish(_ key: borrowing SecretBytes) -> IndexPage? {
        guard !page.isEmpty else { return nil }
        digest.add(hash.hash(key, number: number, page: page))
        let done = IndexPage(number: UInt32(number), bytes: page)
        page = []
        return done
    }
}
