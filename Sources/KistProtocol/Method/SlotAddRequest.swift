/// Parameters of `slotAdd`. Segments: the proof's, then the new slot's: the passphrase (and the 32 bytes of its second
/// factor), the 32 bytes of a stored key, or a recovery code as text; a recipient is in the parameters.
package struct SlotAddRequest: Hashable, Sendable {
    package var proof: SlotProof
    package var kind: SlotKind
    package var wish: SlotWish

    package init(
        proof: SlotProof, kind: SlotKind, label: String? = nil, hasFactor: Bool = false, recipient: String? = nil,
        passes: Int64? = nil, memory: Int64? = nil
    ) {
        self.proof = proof
        self.kind = kind
        wish = SlotWish(label: label, hasFactor: hasFactor, recipient: recipient, passes: passes, memory: memory)
    }

    package var json: JSONValue {
        wish.json(after: [JSONMember("proof", proof.json), JSONMember("kind", .string(kind.rawValue))])
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        proof = try SlotProof(json: fields["proof"] ?? .null)
        kind = try fields.slotKind("kind")
        wish = try SlotWish(fields)
        guard !wish.hasFactor || kind == .passphrase else { throw ShapeError("factor") }
        guard (wish.recipient != nil) == (kind == .recipient) else { throw ShapeError("recipient") }
        guard wish.passes == nil && wish.memory == nil || kind == .passphrase else { throw ShapeError("passes") }
    }

    /// Segments that come with it.
    package var segments: Int { proof.segments + kind.segments(hasFactor: wish.hasFactor) }
}

extension SlotKind {
    /// Segments of the material that a slot is made from.
    package func segments(hasFactor: Bool) -> Int {
        switch self {
        case .passphrase: hasFactor ? 2 : 1
        case .keyring, .keyFile, .credential, .recovery: 1
        case .recipient: 0
        }
    }
}

/// The answer to `slotAdd`, `slotChange` and `slotTest`.
package struct SlotResult: Hashable, Sendable {
    package var slot: SlotSummary

    package init(slot: SlotSummary) { self.slot = slot }

    package var json: JSONValue { ["slot": slot.json] }

    package init(json: JSONValue) throws(ShapeError) {
        slot = try SlotSummary(json: try JSONFields(json, "result")["slot"] ?? .null)
    }
}
