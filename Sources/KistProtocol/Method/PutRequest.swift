package import KistModel

/// One credential to be written. Its secrets ride as segments, in the order of `secrets`.
package struct PutItem: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    package var platform: String
    package var variant: String?
    package var plain: [PlainField]
    package var secrets: [FieldName]
    package var expiry: Expiry
    package var note: String?
    /// `nil`: as it is, or `allow` for a new one.
    package var policy: Policy?
    /// 0: it must not exist yet. Another number: it must be at that revision. `nil`: replace whatever is there.
    package var ifRevision: UInt64?
    /// Nothing is written when it is like this already. For a request with this one item.
    package var unlessSame = false

    package init(
        profile: ProfileName, name: CredentialName, platform: String, variant: String? = nil,
        plain: [PlainField] = [], secrets: [FieldName] = [], expiry: Expiry = .never, note: String? = nil,
        policy: Policy? = nil, ifRevision: UInt64? = nil
    ) {
        self.profile = profile
        self.name = name
        self.platform = platform
        self.variant = variant
        self.plain = plain
        self.secrets = secrets
        self.expiry = expiry
        self.note = note
        self.policy = policy
        self.ifRevision = ifRevision
    }

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
            "note": note.map { .string($0) },
            "policy": policy.map { .string($0.rawValue) },
            "ifRevision": ifRevision?.json,
            "unlessSame": unlessSame ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "items")
        self.init(
            profile: try fields.profile("profile"), name: try fields.credential("name"),
            platform: try fields.string("platform"), variant: try fields.stringIfPresent("variant"),
            plain: try fields.plainFields(), secrets: try fields.fieldNames("secrets"),
            expiry: try fields.expiry("expires"), note: try fields.stringIfPresent("note"),
            policy: try fields.policyIfPresent("policy"),
            ifRevision: try fields.naturalIfPresent("ifRevision"))
        unlessSame = try fields.flag("unlessSame")
        for field in plain where secrets.contains(field.name) { throw ShapeError("secrets") }
    }
}

/// Parameters of `put`: all items or none, in one transaction. The segments are all secrets of all items in order.
///
/// A batch that does not fit one frame comes as several with the same id, `more` true on all but the last.
package struct PutRequest: Hashable, Sendable {
    package var items: [PutItem]
    /// Chosen by the client: the same id again gives the first answer again and writes nothing.
    package var requestID: String
    /// For the history: "add", "edit", "import .env".
    package var why: String
    package var hasMore: Bool

    package init(items: [PutItem], requestID: String, why: String, hasMore: Bool = false) {
        self.items = items
        self.requestID = requestID
        self.why = why
        self.hasMore = hasMore
    }

    package var json: JSONValue {
        [
            "items": .array(items.map(\.json)), "requestID": .string(requestID), "why": .string(why),
            "more": hasMore ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        items = []
        for value in try fields.array("items") { items.append(try PutItem(json: value)) }
        requestID = try fields.string("requestID")
        guard (1...64).contains(requestID.utf8.count) else { throw ShapeError("requestID") }
        why = try fields.string("why")
        hasMore = try fields.flag("more")
    }
}

/// The answer to `put`.
package struct PutResult: Hashable, Sendable {
    /// The vault's generation afterwards.
    package var revision: UInt64
    /// The revision of each item.
    package var items: [UInt64]

    package init(revision: UInt64, items: [UInt64]) {
        self.revision = revision
        self.items = items
    }

    package var json: JSONValue { ["revision": revision.json, "items": .array(items.map(\.json))] }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        revision = try fields.natural("revision")
        items = []
        for value in try fields.array("items") {
            guard case .integer(let number) = value, number >= 0 else { throw ShapeError("items") }
            items.append(UInt64(number))
        }
    }
}
