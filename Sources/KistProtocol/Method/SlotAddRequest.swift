/// Parameters of `slotAdd`. Segments: the proof's, then the new slot's: the passphrase (and the 32 bytes of its second
/// factor), or the 32 bytes of a stored key; a recovery code is made by the agent, and a recipient is in the parameters.
package struct SlotAddRequest: Hashable, Sendable {
    package var proof: SlotProof
    package var kind: SlotKind
    /// What people call it.
    package var label: String?
    /// The new passphrase asks for a second factor too.
    package var hasFactor: Bool
    /// `recipient`: the text of the public key.
    package var recipient: String?
    /// Argon2id passes of a new passphrase; `nil` leaves the choice to the agent.
    package var passes: Int64?
    /// Argon2id memory in KiB.
    package var memory: Int64?

    package init(
        proof: SlotProof, kind: SlotKind, label: String? = nil, hasFactor: Bool = false, recipient: String? = nil,
        passes: Int64? = nil, memory: Int64? = nil
    ) {
        self.proof = proof
        self.kind = kind
        self.label = label
        self.hasFactor = hasFactor
        self.recipient = recipient
        self.passes = passes
        self.memory = memory
    }

    package var json: JSONValue {
        .members([
            "proof": proof.json,
            "kind": .string(kind.rawValue),
            "label": label.map { .string($0) },
            "factor": hasFactor ? true : nil,
            "recipient": recipient.map { .string($0) },
            "passes": passes.map { .integer($0) },
            "memory": memory.map { .integer($0) },
        ])
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        proof = try SlotProof(json: fields["proof"] ?? .null)
        kind = try fields.slotKind("kind")
        label = try fields.slotLabel("label")
        hasFactor = try fields.flag("factor")
        recipient = try fields.stringIfPresent("recipient")
        passes = try fields.integerIfPresent("passes", in: 1...1_000)
        memory = try fields.integerIfPresent("memory", in: 1...(1 << 32))
        guard !hasFactor || kind == .passphrase else { throw ShapeError("factor") }
        guard (recipient != nil) == (kind == .recipient), recipient?.utf8.count ?? 0 <= 256 else {
            throw ShapeError("recipient")
        }
        guard passes == nil && memory == nil || kind == .passphrase else { throw ShapeError("passes") }
    }

    /// Segments that come with it.
    package var segments: Int { proof.segments + kind.segments(hasFactor: hasFactor) }
}

extension SlotKind {
    /// Segments of the material that a slot is made from.
    package func segments(hasFactor: Bool) -> Int {
        switch self {
        case .passphrase: hasFactor ? 2 : 1
        case .keyring, .keyFile, .credential: 1
        case .recovery, .recipient: 0
        }
    }
}

/// The answer to `slotAdd`, `slotChange` and `slotTest`; with a new recovery code, segment 0 is its text.
package struct SlotResult: Hashable, Sendable {
    package var slot: SlotSummary

    package init(slot: SlotSummary) { self.slot = slot }

    package var json: JSONValue { ["slot": slot.json] }

    package init(json: JSONValue) throws(ShapeError) {
        slot = try SlotSummary(json: try JSONFields(json, "result")["slot"] ?? .null)
    }
}
