/// Parameters of `slotRemove` and `slotTest`. Segments: the proof's. A test's proof is what is tested.
package struct SlotTargetRequest: Hashable, Sendable {
    package var proof: SlotProof
    /// `slotRemove`: the id of the slot that goes. `slotTest`: the slot that must open; `nil` for any.
    package var slot: String?

    package init(proof: SlotProof, slot: String? = nil) {
        self.proof = proof
        self.slot = slot
    }

    package var json: JSONValue { ["proof": proof.json, "slot": slot.map { .string($0) }] }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        proof = try SlotProof(json: fields["proof"] ?? .null)
        slot = try fields.slotIDIfPresent("slot")
    }
}
