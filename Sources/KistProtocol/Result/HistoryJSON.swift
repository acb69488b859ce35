package import KistModel

extension RevisionNote {
    /// `{revision, when, who, why}`
    package var json: JSONValue {
        [
            "revision": revision.json, "when": .string(when.description), "who": .string(who), "why": .string(why),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "items")
        self.init(
            revision: try fields.natural("revision"), when: try fields.timestamp("when"),
            who: try fields.string("who"), why: try fields.string("why"))
    }
}

/// One line of `profiles`.
package struct ProfileCount: Hashable, Sendable {
    package var name: ProfileName
    package var count: UInt64

    package init(name: ProfileName, count: UInt64) {
        self.name = name
        self.count = count
    }

    package var json: JSONValue { ["name": .string(name.description), "count": count.json] }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "items")
        name = try fields.profile("name")
        count = try fields.natural("count")
    }
}
