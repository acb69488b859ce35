/// What `slotAdd` and a `slotChange` that renews say alike of the slot that is to be. Its material travels beside it, as
/// the segments behind the proof's.
package struct SlotWish: Hashable, Sendable {
    /// What people call it.
    package var label: String?
    /// The new passphrase asks for a second factor too.
    package var hasFactor: Bool
    /// The text of a recipient's public key.
    package var recipient: String?
    /// Argon2id passes of a new passphrase; `nil` leaves the choice to the agent.
    package var passes: Int64?
    /// Argon2id memory in KiB.
    package var memory: Int64?

    package init(
        label: String? = nil, hasFactor: Bool = false, recipient: String? = nil, passes: Int64? = nil,
        memory: Int64? = nil
    ) {
        self.label = label
        self.hasFactor = hasFactor
        self.recipient = recipient
        self.passes = passes
        self.memory = memory
    }

    init(_ fields: JSONFields) throws(ShapeError) {
        label = try fields.slotLabel("label")
        hasFactor = try fields.flag("factor")
        recipient = try fields.stringIfPresent("recipient")
        passes = try fields.integerIfPresent("passes", in: 1...1_000)
        memory = try fields.integerIfPresent("memory", in: 1...(1 << 32))
        guard recipient?.utf8.count ?? 0 <= 256 else { throw ShapeError("recipient") }
    }

    /// Whether it says nothing of another material.
    var isBare: Bool { self == SlotWish(label: label) }

    /// These members behind others: both requests are one flat object.
    func json(after members: [JSONMember]) -> JSONValue {
        let own: JSONValue = [
            "label": label.map { .string($0) },
            "factor": hasFactor ? true : nil,
            "recipient": recipient.map { .string($0) },
            "passes": passes.map { .integer($0) },
            "memory": memory.map { .integer($0) },
        ]
        return .object(members + (own.members ?? []))
    }
}
