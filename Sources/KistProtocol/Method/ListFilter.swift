package import KistModel

/// One line of `list`'s `filter`: credentials of a platform, all of them or those with a text in a plain value. A helper that
/// looks for a host among thousands of credentials gets the few that can be meant.
package struct ListFilter: Hashable, Sendable {
    package var platform: String
    /// Stands in a plain value as whole words (`PlainWords`), in lower or upper case.
    package var holds: String?

    /// Lines of one filter.
    package static let most = 64

    package init(platform: String, holds: String? = nil) {
        self.platform = platform
        self.holds = holds
    }

    package var json: JSONValue {
        ["platform": .string(platform), "holds": holds.map { .string($0) }]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "filter")
        platform = try fields.string("platform")
        holds = try fields.stringIfPresent("holds")
        guard holds?.isEmpty != true else { throw ShapeError("holds") }
    }

    package func passes(_ overview: Overview) -> Bool {
        guard overview.platform == platform else { return false }
        guard let holds else { return true }
        let text = PlainWords.lower(holds)
        return overview.plain.contains { PlainWords.holds($0.value, text) }
    }
}

extension JSONFields {
    package func listFilter(_ key: String) throws(ShapeError) -> [ListFilter]? {
        guard let values = try arrayIfPresent(key) else { return nil }
        guard values.count <= ListFilter.most else { throw ShapeError(key) }
        var filter: [ListFilter] = []
        for value in values { filter.append(try ListFilter(json: value)) }
        return filter
    }
}
