/// What `kist` asks of `kist-keyring`, once per process: `{"method":"get","params":{…}}`; with `set` and
/// `remember`, segment 0 is the text to keep.
package struct KeyringRequest: Hashable, Sendable {
    package enum Verb: String, CaseIterable, Hashable, Sendable {
        /// Who is there, asking nobody and starting nothing.
        case probe
        /// The answer's segment 0 is the key.
        case get
        /// In place of one for the same slot; read back before the answer.
        case set
        /// Every one for this slot.
        case remove
        /// What was seen last of a vault; the answer's segment 0 is the text. It is no secret.
        case recall
        /// In place of what was kept of the same vault.
        case remember
        /// What other programs keep there; the answer's segment 0 has the items.
        case others

        package var bringsText: Bool { self == .set || self == .remember }
        fileprivate var isOfSlot: Bool { [.get, .set, .remove].contains(self) }
        fileprivate var isOfVault: Bool { self == .recall || self == .remember }
    }

    package var verb: Verb
    /// The id of the slot that the key is for, with `get`, `set` and `remove`.
    package var slot: String?
    /// Which vault, with `recall` and `remember`.
    package var vault: String?
    /// The label of the collection; `nil` for the desktop's default one.
    package var collection: String?
    /// What people read in the window of their keyring.
    package var label: String?
    /// The desktop may ask for the keyring's password, and its service may be started for this.
    package var mayAsk: Bool
    package var milliseconds: Int64

    /// The longest time, in milliseconds: somebody may be typing a password.
    package static let longest: Int64 = 120_000
    /// The longest text of a member, in bytes.
    private static let longestText = 4_096
    /// The longest text about a vault.
    package static let longestSeen = 2 * SeenRequest.longest

    package init(
        _ verb: Verb, slot: String? = nil, vault: String? = nil, collection: String? = nil, label: String? = nil,
        mayAsk: Bool = false, milliseconds: Int64
    ) {
        self.verb = verb
        self.slot = slot
        self.vault = vault
        self.collection = collection
        self.label = label
        self.mayAsk = mayAsk
        self.milliseconds = milliseconds
    }

    package var json: JSONValue {
        [
            "method": .string(verb.rawValue),
            "params": [
                "slot": slot.map { .string($0) }, "vault": vault.map { .string($0) },
                "collection": collection.map { .string($0) },
                "label": label.map { .string($0) }, "ask": mayAsk ? true : nil, "milliseconds": .integer(milliseconds),
            ],
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let message = try JSONFields(json, "request")
        guard let verb = Verb(rawValue: try message.string("method")) else { throw ShapeError("method") }
        guard let value = message["params"] else { throw ShapeError("params") }
        let fields = try JSONFields(value, "params")
        self.verb = verb
        slot = try fields.stringIfPresent("slot")
        guard slot != nil || !verb.isOfSlot else { throw ShapeError("slot") }
        vault = try fields.stringIfPresent("vault")
        guard (vault != nil) == verb.isOfVault else { throw ShapeError("vault") }
        collection = try fields.stringIfPresent("collection")
        label = try fields.stringIfPresent("label")
        mayAsk = try fields.flag("ask")
        milliseconds = try fields.integer("milliseconds", in: 1...Self.longest)
        for text in [slot, vault, collection, label].compactMap({ $0 }) {
            // They become C strings.
            guard !text.isEmpty, text.utf8.count <= Self.longestText, !text.utf8.contains(0) else {
                throw ShapeError("params")
            }
        }
    }
}
