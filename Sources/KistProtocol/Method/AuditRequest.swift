package import KistModel

/// Parameters of `audit`: which entries of the log.
package struct AuditRequest: Hashable, Sendable {
    /// `nil`: of all profiles.
    package var profile: ProfileName?
    package var name: CredentialName?
    package var since: Timestamp?
    /// Verbs or purposes; empty for all.
    package var verbs: [String]
    /// Only entries with a greater sequence number.
    package var after: UInt64?
    /// The client asks again and again: that does not count as use of the vault.
    package var isFollowing: Bool

    package init(
        profile: ProfileName? = nil, name: CredentialName? = nil, since: Timestamp? = nil, verbs: [String] = [],
        after: UInt64? = nil, isFollowing: Bool = false
    ) {
        self.profile = profile
        self.name = name
        self.since = since
        self.verbs = verbs
        self.after = after
        self.isFollowing = isFollowing
    }

    package var json: JSONValue {
        [
            "profile": profile.map { .string($0.description) },
            "name": name.map { .string($0.description) },
            "since": since.map { .string($0.description) },
            "verbs": verbs.isEmpty ? nil : .array(verbs.map { .string($0) }),
            "after": after?.json,
            "follow": isFollowing ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        profile = try fields["profile"] == nil ? nil : fields.profile("profile")
        name = try fields["name"] == nil ? nil : fields.credential("name")
        since = try fields["since"] == nil ? nil : fields.timestamp("since")
        verbs = []
        for value in try fields.arrayIfPresent("verbs") ?? [] {
            guard let verb = value.string, (1...32).contains(verb.utf8.count), verbs.count < 64 else {
                throw ShapeError("verbs")
            }
            verbs.append(verb)
        }
        after = try fields.naturalIfPresent("after")
        isFollowing = try fields.flag("follow")
    }
}
