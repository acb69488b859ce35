/// Parameters of `slotChange`: another label, or with `renew` another key of the same kind in the same slot. Segments: the
/// proof's, then with `renew` the material as `slotAdd` has it.
package struct SlotChangeRequest: Hashable, Sendable {
    package var proof: SlotProof
    /// The id.
    package var slot: String
    /// `nil` keeps the one it has.
    package var label: String?
    /// A new passphrase, stored key, recovery code or recipient takes the place of the present one.
    package var renew: Bool
    /// The new passphrase asks for a second factor too.
    package var hasFactor: Bool
    /// The text of another public key.
    package var recipient: String?
    package var passes: Int64?
    /// KiB.
    package var memory: Int64?

    package init(
        proof: SlotProof, slot: String, label: String? = nil, renew: Bool = false, hasFactor: Bool = false,
        recipient: String? = nil, passes: Int64? = nil, memory: Int64? = nil
    ) {
        self.proof = proof
        self.slot = slot
        self.label = label
        self.renew = renew
        self.hasFactor = hasFactor
        self.recipient = recipient
        self.passes = passes
        self.memory = memory
    }

    package var json: JSONValue {
        .members([
            "proof": proof.json,
            "slot": .string(slot),
            "label": label.map { .string($0) },
            "renew": renew ? true : nil,
            "factor": hasFactor ? true : nil,
            "recipient": recipient.map { .string($0) },
            "passes": passes.map { .integer($0) },
            "memory": memory.map { .integer($0) },
        ])
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        proof = try SlotProof(json: fields["proof"] ?? .null)
        slot = try fields.slotID("slot")
        label = try fields.slotLabel("label")
        renew = try fields.flag("renew")
        hasFactor = try fields.flag("factor")
        recipient = try fields.stringIfPresent("recipient")
        passes = try fields.integerIfPresent("passes", in: 1...1_000)
        memory = try fields.integerIfPresent("memory", in: 1...(1 << 32))
        let isBare = !hasFactor && recipient == nil && passes == nil && memory == nil
        guard renew || isBare, renew || label != nil else { throw ShapeError("renew") }
        guard recipient?.utf8.count ?? 0 <= 256 else { throw ShapeError("recipient") }
    }
}
