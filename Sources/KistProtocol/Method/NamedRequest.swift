package import KistModel

/// Parameters of `show`, `remove`, `history` and `restore`: one credential.
package struct NamedRequest: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    /// `restore`: the revision to bring back. `remove`: not used.
    package var revision: UInt64?
    /// `remove`: the revision it must be at.
    package var ifRevision: UInt64?

    package init(
        profile: ProfileName, name: CredentialName, revision: UInt64? = nil, ifRevision: UInt64? = nil
    ) {
        self.profile = profile
        self.name = name
        self.revision = revision
        self.ifRevision = ifRevision
    }

    package var json: JSONValue {
        [
            "profile": .string(profile.description), "name": .string(name.description), "revision": revision?.json,
            "ifRevision": ifRevision?.json,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        profile = try fields.profile("profile")
        name = try fields.credential("name")
        revision = try fields.naturalIfPresent("revision")
        ifRevision = try fields.naturalIfPresent("ifRevision")
    }
}
