internal import KistModel

/// The order of a list: by profile, then by name.
///
/// Positions are sorted by small keys, not overviews: each of those is large and full of references.
enum ListOrder {
    private struct Key {
        let profile: Int
        /// The first 16 bytes of the name, as numbers that compare as the bytes do.
        let first: UInt64
        let second: UInt64
        let position: Int
    }

    static func positions(of overviews: [Overview]) -> [Int] {
        let profiles = Set(overviews.map(\.profile)).sorted()
        let ranks = Dictionary(uniqueKeysWithValues: profiles.enumerated().map { ($1, $0) })
        var keys: [Key] = []
        keys.reserveCapacity(overviews.count)
        for position in overviews.indices {
            var name = overviews[position].name.description
            let (first, second) = name.withUTF8 { prefix($0) }
            keys.append(
                Key(
                    profile: ranks[overviews[position].profile] ?? 0, first: first, second: second, position: position))
        }
        keys.sort { left, right in
            if left.profile != right.profile { return left.profile < right.profile }
            if left.first != right.first { return left.first < right.first }
            if left.second != right.second { return left.second < right.second }
            return overviews[left.position].name < overviews[right.position].name
        }
        return keys.map(\.position)
    }

    private static func prefix(_ bytes: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
        var numbers = (UInt64(0), UInt64(0))
        for (index, byte) in bytes.prefix(8).enumerated() { numbers.0 |= UInt64(byte) << UInt64(56 - index * 8) }
        for (index, byte) in bytes.dropFirst(8).prefix(8).enumerated() {
            numbers.1 |= UInt64(byte) << UInt64(56 - index * 8)
        }
        return numbers
    }
}
