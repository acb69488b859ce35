/// Parameters of `rekey`. Segments with `form` `root`: the proof's, which is a passphrase, then the 32 bytes of stored keys
/// whose slots are to stay; with another form there are none.
package struct RekeyRequest: Hashable, Sendable {
    package enum Form: String, CaseIterable, Hashable, Sendable {
        /// Everything: another root, other slots, every row sealed anew.
        case root
        /// Another data key under the same root.
        case data
        /// Nothing new: goes on with one that had stopped.
        case resume
    }

    package var form: Form
    /// `root` alone has one.
    package var proof: SlotProof?
    /// How many stored keys come with it.
    package var keys: Int
    /// Argon2id passes of the passphrase's new slot; `nil` leaves the choice to the agent.
    package var passes: Int64?
    /// Argon2id memory in KiB.
    package var memory: Int64?

    package init(_ form: Form, proof: SlotProof? = nil, keys: Int = 0, passes: Int64? = nil, memory: Int64? = nil) {
        self.form = form
        self.proof = proof
        self.keys = keys
        self.passes = passes
        self.memory = memory
    }

    package var json: JSONValue {
        [
            "form": .string(form.rawValue),
            "proof": proof?.json,
            "keys": keys > 0 ? .integer(Int64(keys)) : nil,
            "passes": passes.map { .integer($0) },
            "memory": memory.map { .integer($0) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        guard let form = Form(rawValue: try fields.string("form")) else { throw ShapeError("form") }
        self.form = form
        proof = try fields["proof"].map { (json) throws(ShapeError) in try SlotProof(json: json) }
        keys = Int(try fields.integerIfPresent("keys", in: 1...31) ?? 0)
        passes = try fields.integerIfPresent("passes", in: 1...1_000)
        memory = try fields.integerIfPresent("memory", in: 1...(1 << 32))
        guard (proof != nil) == (form == .root), proof?.with ?? .passphrase == .passphrase else {
            throw ShapeError("proof")
        }
        guard form == .root || (keys == 0 && passes == nil && memory == nil) else { throw ShapeError("form") }
    }

    /// Segments that come with it.
    package var segments: Int { (proof?.segments ?? 0) + keys }
}
