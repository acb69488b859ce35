package import KistModel

extension Rejection {
    /// `{host, revision, when}`
    package var json: JSONValue {
        ["host": .string(host), "revision": revision.json, "when": .string(when.description)]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "rejected")
        self.init(
            host: try fields.string("host"), revision: try fields.natural("revision"),
            when: try fields.timestamp("when"))
    }
}

extension JSONFields {
    func rejections(_ key: String) throws(ShapeError) -> [Rejection] {
        var rejections: [Rejection] = []
        for value in try arrayIfPresent(key) ?? [] { rejections.append(try Rejection(json: value)) }
        return rejections
    }
}
