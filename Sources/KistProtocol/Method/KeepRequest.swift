package import KistModel

/// Parameters of `keep` and `kept`: values that follow from a credential for a while (temporary keys of AWS), held in the
/// agent's locked memory until shortly before they end.
package struct KeepRequest: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    /// What they are, chosen by the client: the role, the duration. Not secret.
    package var label: String
    /// `keep`: when they end.
    package var expires: Timestamp?
    /// `keep`: the revision of the credential that they were made from.
    package var revision: UInt64?

    /// Bytes of a label.
    package static let longestLabel = 1_024
    /// Values of one, and their bytes together.
    package static let mostValues = 8
    package static let longestValues = 65_536

    package init(
        profile: ProfileName, name: CredentialName, label: String, expires: Timestamp? = nil, revision: UInt64? = nil
    ) {
        self.profile = profile
        self.name = name
        self.label = label
        self.expires = expires
        self.revision = revision
    }

    package var json: JSONValue {
        [
            "profile": .string(profile.description), "name": .string(name.description), "label": .string(label),
            "expires": expires.map { .string($0.description) }, "revision": revision?.json,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        profile = try fields.profile("profile")
        name = try fields.credential("name")
        label = try fields.string("label")
        guard (1...Self.longestLabel).contains(label.utf8.count) else { throw ShapeError("label") }
        expires = try fields["expires"] == nil ? nil : fields.timestamp("expires")
        revision = try fields.naturalIfPresent("revision")
    }
}
