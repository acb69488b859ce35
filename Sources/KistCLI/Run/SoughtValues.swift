import KistClient
import KistMasking
import KistModel
import KistProtocol
import SecretMemory

/// The secrets that are looked for in what a program prints, each with the label that stands in its place.
struct SoughtValues: ~Copyable {
    private var patterns = PatternList()
    private(set) var labels: [String] = []

    var isEmpty: Bool { labels.isEmpty }

    /// The values of an answer beside those that are there: what a program had before may still be printed.
    mutating func add(_ reply: borrowing RevealReply) {
        var seen: Set<String> = []
        for item in reply.items {
            for field in item.fields {
                let key = Deliveries.key(item.overview.name, field.name)
                guard seen.insert("\(item.overview.profile)/\(key)").inserted else { continue }
                let label = "‹\(key)›"
                let place = labels.firstIndex(of: label) ?? labels.count
                let isLongEnough = reply.segments.withSegment(field.segment) { patterns.add($0, label: place) }
                if isLongEnough, place == labels.count { labels.append(label) }
            }
        }
    }

    borrowing func copy() -> SoughtValues {
        var copy = SoughtValues()
        copy.patterns = patterns.copy()
        copy.labels = labels
        return copy
    }

    /// What a mask looks for.
    borrowing func mask() -> MaskedValues { MaskedValues(patterns: PatternSet(patterns.copy()), labels: labels) }
}

/// The same, made ready for the masks of a program's streams.
struct MaskedValues: Sendable {
    let patterns: PatternSet
    let labels: [String]
}
