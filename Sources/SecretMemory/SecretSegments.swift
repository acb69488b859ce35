/// Several secrets in a row in one locked allocation: the fields of a record, the segments of a frame.
///
/// Arrays cannot hold noncopyable values; this is the container that can.
package struct SecretSegments: ~Copyable, Sendable {
    /// All segments, end to end.
    package let bytes: SecretBytes
    /// The length of each segment in bytes; their sum is `bytes.count`.
    package let lengths: [Int]

    /// - Precondition: no length is negative and their sum is `bytes.count`.
    package init(bytes: consuming SecretBytes, lengths: [Int]) {
        precondition(lengths.allSatisfy { $0 >= 0 } && lengths.reduce(0, +) == bytes.count)
        self.bytes = bytes
        self.lengths = lengths
    }

    /// No segment at all.
    package init() { self.init(bytes: SecretBytes(count: 0) { _ in }, lengths: []) }

    /// One segment.
    package init(_ only: consuming SecretBytes) {
        let count = only.count
        self.init(bytes: only, lengths: [count])
    }

    package var count: Int { lengths.count }

    /// Where segment `index` lies within `bytes`.
    package func range(_ index: Int) -> Range<Int> {
        let start = lengths[..<index].reduce(0, +)
        return start..<start + lengths[index]
    }

    /// Reads one segment in place; the pointer must not leave `body`.
    package borrowing func withSegment<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let range = range(index)
        return try bytes.withBytes { (all) throws(E) -> R in
            try body(UnsafeRawBufferPointer(rebasing: all[range]))
        }
    }

    /// A copy of one segment with an owner of its own.
    package borrowing func segment(_ index: Int) -> SecretBytes { bytes.slice(range(index)) }

    /// Copies of some segments with an owner of their own.
    package borrowing func slice(_ segments: Range<Int>) -> SecretSegments {
        let start = lengths[..<segments.lowerBound].reduce(0, +)
        let lengths = Array(lengths[segments])
        return SecretSegments(bytes: bytes.slice(start..<start + lengths.reduce(0, +)), lengths: lengths)
    }
}
