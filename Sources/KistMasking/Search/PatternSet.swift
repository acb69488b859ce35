private import Glibc
internal import SecretMemory

/// Many patterns, found together in one pass over the bytes.
///
/// At each position the eight bytes there are multiplied by a random odd number; the top bits of the product say, in a
/// table that fits the processor's nearest cache, whether a pattern could begin there. Only then is anything compared,
/// whole patterns with the bytes themselves. The tables are made from secrets, so they lie in locked memory as the
/// patterns do, and mean nothing without that number, which no two sets share.
package final class PatternSet: Sendable {
    /// Bytes that decide whether anything is compared.
    static let window = 8

    private let text: SecretBytes
    private let entries: SecretBytes
    /// One bit for each value of the product's top bits.
    private let bits: SecretBytes
    /// The first entry of each chain, plus 1, by other bits of the product.
    private let heads: SecretBytes
    /// The first eight bytes of every pattern as numbers in order, for what is left at the end of the bytes.
    private let beginnings: SecretBytes
    private let key: UInt64
    private let bitShift: UInt64
    private let headShift: UInt64
    /// How many patterns there are.
    package let count: Int
    /// The length of the longest pattern in bytes.
    package let longest: Int

    package var isEmpty: Bool { count == 0 }

    package init(_ list: consuming PatternList) {
        var random = SystemRandomNumberGenerator()
        key = random.next() | 1
        let all = list.entries
        // So many bits that hardly one position in a hundred is looked at twice.
        let width = min(22, max(15, Self.bitWidth(all.count * 96)))
        let headWidth = min(20, max(8, Self.bitWidth(all.count * 2)))
        bitShift = UInt64(64 - width)
        headShift = UInt64(64 - headWidth)
        var builder = Builder(
            key: key, bitShift: bitShift, headShift: headShift,
            bits: SecretBytes(count: 1 << (width - 3)) { _ in }, heads: SecretBytes(count: 4 << headWidth) { _ in },
            entries: SecretBytes(count: max(1, all.count) * MemoryLayout<PatternList.Entry>.stride) { _ in })
        list.text.withBytes { text in for entry in all { builder.add(entry, text) } }
        count = builder.count
        longest = builder.longest
        beginnings = builder.sortedBeginnings(in: list.text)
        text = list.text.finish()
        bits = builder.bits
        heads = builder.heads
        entries = builder.entries
    }

    /// No pattern.
    package convenience init() { self.init(PatternList()) }

    private static func bitWidth(_ number: Int) -> Int { Int.bitWidth - max(1, number).leadingZeroBitCount }

    /// What was found at one position.
    package struct Hit: Equatable, Sendable {
        /// Where in the bytes.
        package var position: Int
        /// Where the longest whole pattern ends; `position` when there is none.
        package var end: Int
        /// Whether a longer pattern could still end behind the bytes.
        package var isOpen: Bool
        package var label: Int
        package var form: SecretForm
        package var swallows: Bool

        package var isWhole: Bool { end > position }
    }

    /// The first position from `start` on at which a whole pattern begins, or one that the bytes end in.
    ///
    /// - Parameter isLast: no more bytes will come, so nothing is open.
    package func next(
        in bytes: UnsafeRawBufferPointer, from start: Int, isLast: Bool
    ) -> Hit? {
        guard count > 0, let base = bytes.baseAddress else { return nil }
        let end = bytes.count - Self.window
        var position = start
        let key = key
        let shift = bitShift
        let found: Hit? = bits.withBytes { bits in
            let words = bits.assumingMemoryBound(to: UInt64.self).baseAddress!
            @inline(__always) func test(_ at: Int) -> UInt64 {
                let product = (base + at).loadUnaligned(as: UInt64.self) &* key
                let bit = product >> shift
                return words[Int(truncatingIfNeeded: bit >> 6)] >> (bit & 63)
            }
            while position <= end {
                while position + 3 <= end {
                    if (test(position) | test(position + 1) | test(position + 2) | test(position + 3)) & 1 != 0 {
                        break
                    }
                    position += 4
                }
                guard position <= end else { break }
                if test(position) & 1 != 0, let hit = look(base, position, bytes.count, isLast) { return hit }
                position += 1
            }
            return nil
        }
        if let found { return found }
        guard !isLast else { return nil }
        while position < bytes.count {
            if begins(base + position, bytes.count - position) {
                return Hit(
                    position: position, end: position, isOpen: true, label: -1, form: .plain, swallows: false)
            }
            position += 1
        }
        return nil
    }

    // MARK: -

    /// Compares the patterns that may begin at `position`.
    private func look(_ base: UnsafeRawPointer, _ position: Int, _ end: Int, _ isLast: Bool) -> Hit? {
        let product = (base + position).loadUnaligned(as: UInt64.self) &* key
        let head = Builder.head(product, headShift)
        var hit: Hit?
        heads.withBytes { heads in
            entries.withBytes { entries in
                text.withBytes { text in
                    let table = entries.assumingMemoryBound(to: PatternList.Entry.self)
                    var next = heads.assumingMemoryBound(to: UInt32.self)[head]
                    while next != 0 {
                        let entry = table[Int(next) - 1]
                        next = entry.next
                        let length = min(Int(entry.length), end - position)
                        guard memcmp(base + position, text.baseAddress! + Int(entry.start), length) == 0 else {
                            continue
                        }
                        let isWhole = length == Int(entry.length)
                        if !isWhole, isLast { continue }
                        var now =
                            hit
                            ?? Hit(
                                position: position, end: position, isOpen: false, label: Int(entry.label),
                                form: entry.form, swallows: false)
                        if !isWhole { now.isOpen = true }
                        if isWhole, position + length > now.end {
                            now.end = position + length
                            now.label = Int(entry.label)
                            now.form = entry.form
                            now.swallows = entry.swallows
                        }
                        hit = now
                    }
                }
            }
        }
        return hit
    }

    /// Whether a pattern begins with these fewer than eight bytes.
    private func begins(_ bytes: UnsafeRawPointer, _ count: Int) -> Bool {
        var wanted: UInt64 = 0
        for index in 0..<count {
            wanted |= UInt64(bytes.load(fromByteOffset: index, as: UInt8.self)) << (56 - 8 * index)
        }
        let most = wanted | (count == 0 ? .max : UInt64.max >> UInt64(8 * count))
        return beginnings.withBytes { raw in
            let numbers = raw.assumingMemoryBound(to: UInt64.self)
            var low = 0
            var high = numbers.count
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            return low < numbers.count && numbers[low] <= most
        }
    }
}
