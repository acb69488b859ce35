package import KistModel

extension Overview {
    /// `{profile, name, platform, variant?, plain: {…}, order: […], secrets: […], expires?, created, modified, revision, since?, note?, policy?,
    /// bundles?, rejected?, used?}`
    package var json: JSONValue {
        [
            "profile": .string(profile.description),
            "name": .string(name.description),
            "platform": .string(platform),
            "variant": variant.map { .string($0) },
            "plain": .object(plain.map { JSONMember($0.name.description, .string($0.value)) }),
            "order": .array(plain.map { .string($0.name.description) }),
            "secrets": .array(secrets.map { .string($0.description) }),
            "expires": expiry.json,
            "created": .string(created.description),
            "modified": .string(modified.description),
            "revision": revision.json,
            "since": since?.json,
            "note": note.map { .string($0) },
            "policy": policy == .allow ? nil : .string(policy.rawValue),
            "bundles": bundles.isEmpty ? nil : .array(bundles.map(\.json)),
            "rejected": rejections.isEmpty ? nil : .array(rejections.map(\.json)),
            "used": lastUsed.map { .string($0.description) },
        ]
    }

    /// - Throws: `ShapeError` naming the member that is missing or not of its form.
    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "overview")
        self.init(
            profile: try fields.profile("profile"), name: try fields.credential("name"),
            platform: try fields.string("platform"), variant: try fields.stringIfPresent("variant"),
            plain: try fields.plainFields(), secrets: try fields.fieldNames("secrets"),
            expiry: try fields.expiry("expires"), created: try fields.timestamp("created"),
            modified: try fields.timestamp("modified"), revision: try fields.natural("revision"),
            since: try fields["since"] == nil ? nil : fields.natural("since"),
            note: try fields.stringIfPresent("note"), policy: try fields.policyIfPresent("policy") ?? .allow,
            bundles: try fields.bundleNotes("bundles"),
            rejections: try fields.rejections("rejected"))
        lastUsed = try fields["used"] == nil ? nil : fields.timestamp("used")
    }
}

extension Expiry {
    /// `nil` for never.
    var json: JSONValue? {
        guard case .at(let end) = self else { return nil }
        return .string(end.description)
    }
}

extension JSONFields {
    package func profile(_ key: String) throws(ShapeError) -> ProfileName {
        guard let name = try? ProfileName(try string(key)) else { throw ShapeError(key) }
        return name
    }

    package func credential(_ key: String) throws(ShapeError) -> CredentialName {
        guard let name = try? CredentialName(try string(key)) else { throw ShapeError(key) }
        return name
    }

    package func timestamp(_ key: String) throws(ShapeError) -> Timestamp {
        guard let moment = Timestamp(try string(key)) else { throw ShapeError(key) }
        return moment
    }

    package func expiry(_ key: String) throws(ShapeError) -> Expiry {
        guard let text = try stringIfPresent(key) else { return .never }
        guard let moment = Timestamp(text) else { throw ShapeError(key) }
        return .at(moment)
    }

    package func policyIfPresent(_ key: String) throws(ShapeError) -> Policy? {
        guard let text = try stringIfPresent(key) else { return nil }
        guard let policy = Policy(rawValue: text) else { throw ShapeError(key) }
        return policy
    }

    package func fieldNames(_ key: String) throws(ShapeError) -> [FieldName] {
        guard let names = try fieldNamesIfPresent(key) else { throw ShapeError(key) }
        return names
    }

    /// Field names that differ from each other.
    package func fieldNamesIfPresent(_ key: String) throws(ShapeError) -> [FieldName]? {
        guard let values = try arrayIfPresent(key) else { return nil }
        var names: [FieldName] = []
        for value in values {
            guard case .string(let text) = value, let name = try? FieldName(text), !names.contains(name) else {
                throw ShapeError(key)
            }
            names.append(name)
        }
        return names
    }

    /// The members of `plain` in the order that `order` gives; both name the same fields.
    package func plainFields() throws(ShapeError) -> [PlainField] {
        let values = try object("plain")
        let order = try fieldNames("order")
        guard order.count == values.count else { throw ShapeError("order") }
        var fields: [PlainField] = []
        for (place, name) in order.enumerated() {
            // Kist writes the members in order; others may not.
            let inPlace = values[place].key == name.description ? values[place] : nil
            guard let member = inPlace ?? values.first(where: { $0.key == name.description }) else {
                throw ShapeError("order")
            }
            guard case .string(let value) = member.value else { throw ShapeError("plain") }
            fields.append(PlainField(name: name, value: value))
        }
        return fields
    }
}
