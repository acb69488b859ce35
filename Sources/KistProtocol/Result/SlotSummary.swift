package import KistModel

/// One way into the vault, as `slots` shows it. What is sealed in the vault is missing while it is locked.
package struct SlotSummary: Hashable, Sendable {
    /// 16 hexadecimal digits.
    package var id: String
    package var kind: SlotKind
    /// It wants a second factor too.
    package var needsFactor: Bool
    /// What a passphrase costs; `nil` for other kinds.
    package var passes: Int64?
    /// KiB.
    package var memory: Int64?
    package var label: String?
    package var created: Timestamp?
    /// When its key was last proved; `nil` for never, and while locked.
    package var tested: Timestamp?
    /// A recovery code that has opened the vault, so that a new one is due.
    package var isUsed: Bool
    /// The fingerprint of the recipient.
    package var recipient: String?

    package init(
        id: String, kind: SlotKind, needsFactor: Bool = false, passes: Int64? = nil, memory: Int64? = nil,
        label: String? = nil, created: Timestamp? = nil, tested: Timestamp? = nil, isUsed: Bool = false,
        recipient: String? = nil
    ) {
        self.id = id
        self.kind = kind
        self.needsFactor = needsFactor
        self.passes = passes
        self.memory = memory
        self.label = label
        self.created = created
        self.tested = tested
        self.isUsed = isUsed
        self.recipient = recipient
    }

    package var json: JSONValue {
        [
            "id": .string(id),
            "kind": .string(kind.rawValue),
            "unattended": kind.isUnattended ? true : nil,
            "factor": needsFactor ? true : nil,
            "passes": passes.map { .integer($0) },
            "memory": memory.map { .integer($0) },
            "label": label.map { .string($0) },
            "created": created.map { .string($0.description) },
            "tested": tested.map { .string($0.description) },
            "used": isUsed ? true : nil,
            "recipient": recipient.map { .string($0) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "slot")
        id = try fields.slotID("id")
        kind = try fields.slotKind("kind")
        needsFactor = try fields.flag("factor")
        passes = try fields.integerIfPresent("passes")
        memory = try fields.integerIfPresent("memory")
        label = try fields.slotLabel("label")
        created = try fields["created"] == nil ? nil : fields.timestamp("created")
        tested = try fields["tested"] == nil ? nil : fields.timestamp("tested")
        isUsed = try fields.flag("used")
        recipient = try fields.stringIfPresent("recipient")
    }
}

/// The answer to `slots`.
package struct SlotsResult: Hashable, Sendable {
    package var items: [SlotSummary]
    /// The vault has not been opened since this user's session began: a keyring may open it without being asked to.
    package var isFirst: Bool

    package init(items: [SlotSummary], isFirst: Bool = false) {
        self.items = items
        self.isFirst = isFirst
    }

    package var json: JSONValue {
        ["items": .array(items.map(\.json)), "first": isFirst ? true : nil]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        items = []
        for item in try fields.array("items") { items.append(try SlotSummary(json: item)) }
        isFirst = try fields.flag("first")
    }
}
