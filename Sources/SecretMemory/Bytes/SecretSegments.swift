/// Several secrets in a row in one locked allocation: the fields of a record, the segments of a frame.
///
/// Arrays cannot hold noncopyable values; this is the container that can.
package struct SecretSegments: ~Copyable, Sendable {
    /// All segments, end to end.
    package let bytes: SecretBytes
    /// The length of each segment in bytes; their sum is `bytes.count`.
    package let lengths: [Int]
    private let starts: [Int]

    /// - Precondition: no length is negative and their sum is `bytes.count`.
    package init(bytes: consuming SecretBytes, lengths: [Int]) {
        var starts: [Int] = []
        starts.reserveCapacity(lengths.count)
        var end = 0
        for length in lengths {
            precondition(length >= 0)
            starts.append(end)
            end += length
        }
        precondition(end == bytes.count)
        self.starts = starts
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

    /// Takes the bytes out, for somebody who knows the lengths.
    package consuming func takeBytes() -> SecretBytes { bytes }

    /// Where segment `index` lies within `bytes`.
    package func range(_ index: Int) -> Range<Int> {
        starts[index]..<starts[index] + lengths[index]
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

    /// Copies of these segments and of `more` behind them.
    package borrowing func appending(_ more: borrowing SecretSegments) -> SecretSegments {
        var joined = SecretBuffer(capacity: bytes.count + more.bytes.count)
        joined.append(bytes)
        joined.append(more.bytes)
        return SecretSegments(bytes: joined.finish(), lengths: lengths + more.lengths)
    }
}
