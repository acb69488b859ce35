internal import KistStore

extension Index {
    /// The same entries on the pages of their own lookup ids, none of them moved: what the index is when every row has left
    /// the former root.
    func ordered() -> Index {
        var ordered = Index()
        ordered.makeRoom(for: rows)
        ordered.fill(from: self)
        return ordered
    }

    private mutating func fill(from other: Index) {
        var counts = [Int](repeating: 0, count: pages.count)
        other.eachEntry { counts[pageNumber(IndexEntry.place($0).lookup)] += 1 }
        for (number, count) in counts.enumerated() { pages[number].reserveCapacity(count * IndexEntry.byteCount) }
        other.eachEntry { entry in
            let number = pageNumber(IndexEntry.place(entry).lookup)
            let start = pages[number].count
            pages[number].append(contentsOf: entry)
            pages[number][start + 16] &= 0x7F
        }
        for number in pages.indices { sort(number) }
        rows = other.rows
        lookups = other.lookups
    }

    private func eachEntry(_ body: (UnsafeRawBufferPointer) -> Void) {
        for page in pages {
            page.withUnsafeBytes { page in
                for position in 0..<page.count / IndexEntry.byteCount { body(Self.slice(page, position)) }
            }
        }
    }

    private mutating func sort(_ number: Int) {
        let entries = pages[number].withUnsafeBytes { page in
            (0..<page.count / IndexEntry.byteCount).map { IndexEntry(Self.slice(page, $0)) }
        }
        let sorted = entries.sorted { $0.place < $1.place }
        guard sorted != entries else { return }
        pages[number].removeAll(keepingCapacity: true)
        for entry in sorted { pages[number].append(contentsOf: entry.bytes) }
    }
}
