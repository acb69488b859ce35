/// Which known names somebody may have meant by one that is not known.
package enum Likeness {
    /// Names further apart than this many slips of the finger are different names.
    private static let mostSlips = 2

    /// The nearest first: names with a slip or two, then those that begin like it.
    package static func names(like name: String, in known: [String], atMost most: Int = 3) -> [String] {
        let name = name.lowercased()
        guard (2...128).contains(name.utf8.count) else { return [] }
        let slips = min(mostSlips, max(1, name.utf8.count / 3))
        let word = name.split { $0 == "-" || $0 == "_" || $0 == "." }.first.map(String.init) ?? name
        let found = known.compactMap { other -> (rank: Int, name: String)? in
            let lower = other.lowercased()
            let distance = distance(Array(name.utf8), Array(lower.utf8))
            if distance <= slips { return (distance, other) }
            let beginsLike = word.utf8.count >= 2 && (lower.hasPrefix(word) || word.hasPrefix(lower))
            return beginsLike ? (mostSlips + 1, other) : nil
        }
        return found.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }.prefix(most).map(\.name)
    }

    /// Letters added, left out, replaced or swapped with their neighbour.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        guard abs(a.count - b.count) <= mostSlips else { return .max }
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var least = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
                row.append(least)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
