package import KistModel

/// Parameters of `reject`: one credential, and the place that refused it.
package struct RejectRequest: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    /// `host` or `host:port`.
    package var host: String
    /// The field whose refused value comes as the one segment; `nil`: whatever it is.
    package var field: FieldName?

    package init(profile: ProfileName, name: CredentialName, host: String, field: FieldName? = nil) {
        self.profile = profile
        self.name = name
        self.host = host
        self.field = field
    }

    package var json: JSONValue {
        [
            "profile": .string(profile.description), "name": .string(name.description), "host": .string(host),
            "field": field.map { .string($0.description) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        profile = try fields.profile("profile")
        name = try fields.credential("name")
        host = try fields.string("host")
        field = nil
        guard let text = try fields.stringIfPresent("field") else { return }
        guard let name = try? FieldName(text) else { throw ShapeError("field") }
        field = name
    }
}
