/// Parameters of `slotChange`: another label, or with `renew` another key of the same kind in the same slot. Segments: the
/// proof's, then with `renew` the material as `slotAdd` has it.
package struct SlotChangeRequest: Hashable, Sendable {
    package var proof: SlotProof
    /// The id.
    package var slot: String
    /// A new passphrase, stored key, recovery code or recipient takes the place of the present one.
    package var renew: Bool
    /// Without a label it keeps the one that it has.
    package var wish: SlotWish

    package init(
        proof: SlotProof, slot: String, label: String? = nil, renew: Bool = false, hasFactor: Bool = false,
        recipient: String? = nil, passes: Int64? = nil, memory: Int64? = nil
    ) {
        self.proof = proof
        self.slot = slot
        self.renew = renew
        wish = SlotWish(label: label, hasFactor: hasFactor, recipient: recipient, passes: passes, memory: memory)
    }

    package var json: JSONValue {
        var members = [JSONMember("proof", proof.json), JSONMember("slot", .string(slot))]
        if renew { members.append(JSONMember("renew", true)) }
        return wish.json(after: members)
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        proof = try SlotProof(json: fields["proof"] ?? .null)
        slot = try fields.slotID("slot")
        renew = try fields.flag("renew")
        wish = try SlotWish(fields)
        guard renew || wish.isBare && wish.label != nil else { throw ShapeError("renew") }
    }
}
