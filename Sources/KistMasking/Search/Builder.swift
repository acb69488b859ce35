private import Glibc
internal import SecretMemory

/// The tables of a `PatternSet` while they are made; the same pattern twice is left out.
struct Builder: ~Copyable {
    let key: UInt64
    let bitShift: UInt64
    let headShift: UInt64
    var bits: SecretBytes
    var heads: SecretBytes
    var entries: SecretBytes
    private(set) var count = 0
    private(set) var longest = 0

    init(
        key: UInt64, bitShift: UInt64, headShift: UInt64, bits: consuming SecretBytes, heads: consuming SecretBytes,
        entries: consuming SecretBytes
    ) {
        self.key = key
        self.bitShift = bitShift
        self.headShift = headShift
        self.bits = bits
        self.heads = heads
        self.entries = entries
    }

    /// Where the chain of a product begins.
    @inline(__always)
    static func head(_ product: UInt64, _ shift: UInt64) -> Int {
        // The top bits were used up by the first table: those below them decide here.
        Int(truncatingIfNeeded: ((product ^ product >> 31) &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }

    mutating func add(_ entry: PatternList.Entry, _ text: UnsafeRawBufferPointer) {
        let place = text.baseAddress! + Int(entry.start)
        let product = place.loadUnaligned(as: UInt64.self) &* key
        let head = Self.head(product, headShift)
        let first = heads.withBytes { $0.assumingMemoryBound(to: UInt32.self)[head] }
        let known = entries.withBytes { raw -> Bool in
            let table = raw.assumingMemoryBound(to: PatternList.Entry.self)
            var next = first
            while next != 0 {
                let other = table[Int(next) - 1]
                if other.length == entry.length,
                    memcmp(text.baseAddress! + Int(other.start), place, Int(entry.length)) == 0
                {
                    return true
                }
                next = other.next
            }
            return false
        }
        if known { return }
        var entry = entry
        entry.next = first
        let index = count
        entries.withMutableBytes { $0.assumingMemoryBound(to: PatternList.Entry.self)[index] = entry }
        count += 1
        let number = UInt32(count)
        heads.withMutableBytes { $0.assumingMemoryBound(to: UInt32.self)[head] = number }
        let bit = product >> bitShift
        bits.withMutableBytes { $0.assumingMemoryBound(to: UInt64.self)[Int(bit >> 6)] |= 1 << (bit & 63) }
        longest = max(longest, Int(entry.length))
    }

    /// The first eight bytes of all patterns as big-endian numbers, in order.
    borrowing func sortedBeginnings(in text: borrowing SecretBuffer) -> SecretBytes {
        let count = count
        return text.withBytes { text in
            entries.withBytes { raw in
                let table = raw.assumingMemoryBound(to: PatternList.Entry.self)
                return SecretBytes(count: count * 8) { target in
                    var numbers = target.assumingMemoryBound(to: UInt64.self)
                    for index in 0..<count {
                        numbers[index] = UInt64(
                            bigEndian: text.loadUnaligned(fromByteOffset: Int(table[index].start), as: UInt64.self))
                    }
                    numbers.sort()
                }
            }
        }
    }
}
