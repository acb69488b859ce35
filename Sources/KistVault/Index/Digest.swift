/// A sum of 256-bit hashes modulo 2^256. Adding and taking away commute, so a change costs only the pages it touches.
///
/// It may not leave the manifest's seal: whoever knows some hundred sums can solve for pages to put back.
struct Digest: Equatable {
    /// Most significant first.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static let byteCount = 32

    init() {}

    /// - Precondition: 32 bytes, a big-endian number.
    init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == Self.byteCount)
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    var bytes: [UInt8] {
        withUnsafeBytes(of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)) { Array($0) }
    }

    mutating func add(_ other: Digest) {
        var carry: UInt64 = 0
        func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
            let (first, over) = left.addingReportingOverflow(right)
            let (second, overAgain) = first.addingReportingOverflow(carry)
            carry = (over ? 1 : 0) + (overAgain ? 1 : 0)
            return second
        }
        words.3 = sum(words.3, other.words.3)
        words.2 = sum(words.2, other.words.2)
        words.1 = sum(words.1, other.words.1)
        words.0 = sum(words.0, other.words.0)
    }

    mutating func subtract(_ other: Digest) {
        // Two's complement: minus x is not x, plus one.
        var negative = Digest()
        negative.words = (~other.words.0, ~other.words.1, ~other.words.2, ~other.words.3)
        var one = Digest()
        one.words.3 = 1
        add(negative)
        add(one)
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }
}
