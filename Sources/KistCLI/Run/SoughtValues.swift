import Glibc
import KistClient
import KistMasking
import KistModel
import KistProtocol
import SecretMemory

/// The secrets that are looked for in what a program prints, each with the label that stands in its place.
///
/// A program whose credentials change while it runs may still print what it had before. What it began with stays to its
/// end, for it lies in its environment; of what came later only so much is kept that locked memory cannot run out.
struct SoughtValues: ~Copyable {
    /// One value of one field.
    private struct Value {
        let owner: NamedRequest
        let label: String
        var start: Int
        let length: Int
        /// Whether the program began with it.
        let isFirst: Bool
        /// The last answer about its credential that held it.
        var seen: Int
    }

    /// So many answers about a credential count, the newest among them.
    static let generations = 8
    /// Bytes of former values: each is looked for in forms that together are a hundred times as long. The values that were the
    /// newest before stay whatever their length.
    static let formerBytes = 8_192

    private var bytes = SecretBuffer(capacity: 256)
    private var values: [Value] = []
    /// The number of the newest answer about each credential.
    private var answers: [NamedRequest: Int] = [:]

    var isEmpty: Bool { values.isEmpty }

    /// The values of an answer beside those that are there.
    mutating func add(_ reply: borrowing RevealReply) {
        for owner in Set(reply.items.map(Self.owner)) { answers[owner, default: -1] += 1 }
        for item in reply.items {
            for field in item.fields {
                let label = "‹\(Deliveries.key(item.overview.name, field.name))›"
                reply.segments.withSegment(field.segment) { add($0, Self.owner(item), label) }
            }
        }
        forget()
    }

    private mutating func add(_ secret: UnsafeRawBufferPointer, _ owner: NamedRequest, _ label: String) {
        guard let value = PatternList.sought(secret) else { return }
        let seen = answers[owner] ?? 0
        let known = bytes.withBytes { all in
            values.firstIndex {
                $0.owner == owner && $0.label == label && $0.length == value.count
                    && memcmp(all.baseAddress! + $0.start, value.baseAddress!, value.count) == 0
            }
        }
        if let known {
            values[known].seen = seen
            return
        }
        values.append(
            Value(
                owner: owner, label: label, start: bytes.count, length: value.count, isFirst: seen == 0, seen: seen))
        bytes.append(value)
    }

    /// Wipes former values that are too old or, together, too long; the oldest go first.
    private mutating func forget() {
        var room = Self.formerBytes
        var kept = values.map { $0.isFirst || age($0) == 0 }
        for place in values.indices.sorted(by: { age(values[$0]) < age(values[$1]) }) where !kept[place] {
            room -= values[place].length
            kept[place] = age(values[place]) == 1 || room >= 0 && age(values[place]) < Self.generations
        }
        guard kept.contains(false) else { return }
        var rest = SecretBuffer(capacity: 256)
        var left: [Value] = []
        bytes.withBytes { all in
            for (place, var value) in values.enumerated() where kept[place] {
                let range = value.start..<value.start + value.length
                value.start = rest.count
                rest.append(UnsafeRawBufferPointer(rebasing: all[range]))
                left.append(value)
            }
        }
        bytes = rest
        values = left
    }

    /// How many answers about its credential came since the last one that held it.
    private func age(_ value: Value) -> Int { (answers[value.owner] ?? 0) - value.seen }

    private static func owner(_ item: RevealedItem) -> NamedRequest {
        NamedRequest(profile: item.overview.profile, name: item.overview.name)
    }

    borrowing func copy() -> SoughtValues {
        var copy = SoughtValues()
        bytes.withBytes { copy.bytes.append($0) }
        copy.values = values
        copy.answers = answers
        return copy
    }

    /// What a mask looks for.
    borrowing func mask() -> MaskedValues {
        var patterns = PatternList()
        var labels: [String] = []
        bytes.withBytes { all in
            for value in values {
                let label = labels.firstIndex(of: value.label) ?? labels.count
                if label == labels.count { labels.append(value.label) }
                let range = value.start..<value.start + value.length
                patterns.add(UnsafeRawBufferPointer(rebasing: all[range]), label: label)
            }
        }
        return MaskedValues(patterns: PatternSet(patterns), labels: labels)
    }
}

/// The same, made ready for the masks of a program's streams.
struct MaskedValues: Sendable {
    let patterns: PatternSet
    let labels: [String]
}
