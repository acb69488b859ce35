package import KistModel

extension BundleNote {
    /// `{label, recipient, sealed, expires?, stale?}`
    package var json: JSONValue {
        [
            "label": .string(label),
            "recipient": .string(recipient),
            "sealed": .string(sealed.description),
            "expires": expiry.json,
            "stale": isStale ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "bundles")
        self.init(
            label: try fields.bundleLabel("label"), recipient: try fields.string("recipient"),
            sealed: try fields.timestamp("sealed"), expiry: try fields.expiry("expires"),
            isStale: try fields.flag("stale"))
    }
}

extension JSONFields {
    func bundleNotes(_ key: String) throws(ShapeError) -> [BundleNote] {
        var notes: [BundleNote] = []
        for value in try arrayIfPresent(key) ?? [] { notes.append(try BundleNote(json: value)) }
        return notes
    }
}
