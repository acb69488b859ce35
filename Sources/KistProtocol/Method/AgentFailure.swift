/// An error as the agent answers it: a kind to decide by, facts about it, and a sentence for a log.
///
/// It holds no advice (that is the command line's) and never a value that might be a secret.
package struct AgentFailure: Error, Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Wrong passphrase, wrong file or a changed one: on purpose one kind and one sentence.
        case wrongKey
        case locked
        /// There is no vault at this place.
        case absent
        case vaultExists
        /// A pause after a wrong key: `milliseconds`.
        case wait
        /// `profile`, `name` and perhaps `field`.
        case notFound
        case exists
        /// Someone else changed it meanwhile: `revision` is the present one.
        case conflict
        /// `name` and `expires`.
        case expired
        /// `what` names the part of the request, never its value.
        case invalid
        case tooLarge
        /// Another agent has this vault: `pid` and `since` when they are known.
        case holder
        /// The agent speaks another protocol: `protocol`, `version`, `pid`.
        case version
        /// The vault has a newer format: `format`.
        case newer
        /// An older copy than was seen here: `seen`, `found`.
        case olderCopy
        /// Neither before nor after what was seen here.
        case forked
        /// The file is not the one that was opened.
        case replaced
        case damaged
        /// No space left.
        case full
        case readOnly
        case io
        case notAllowed
        /// The agent is about to end; ask again, and another one starts.
        case retired
        /// What would be left could not open the vault by itself.
        case lastSlot
        /// A second factor needs a recovery slot whose code was proved.
        case untested
        /// An identity opens only a vault that is pinned: `found` is this one's fingerprint.
        case unpinned
        /// A second factor is needed beside the passphrase.
        case factor
        /// The policy of a credential: `profile`, `name`, `policy`, `why`.
        case refused
        /// The audit log cannot be written, so nothing was handed out or changed: `why`.
        case notAudited
    }

    package var kind: Kind
    package var message: String
    /// Members beside `kind` in `data`, in order.
    package var facts: [JSONMember]

    package init(_ kind: Kind, _ message: String, facts: [JSONMember] = []) {
        self.kind = kind
        self.message = message
        self.facts = facts
    }

    /// `invalid`, naming the part that was wrong.
    package static func invalid(_ what: String) -> AgentFailure {
        AgentFailure(.invalid, "the request is not valid: \(what)", facts: [JSONMember("what", .string(what))])
    }

    /// JSON-RPC's code: -32000 minus the kind's place in the list of kinds.
    package var code: Int64 { -32_000 - Int64(Kind.allCases.firstIndex(of: kind)!) }

    package subscript(_ fact: String) -> JSONValue? { facts.first { $0.key == fact }?.value }

    /// - Throws: `ShapeError`, also for a kind that this version does not know.
    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "error")
        _ = try fields.integer("code")
        message = try fields.string("message")
        let data = try fields.object("data")
        guard let kind = data.first(where: { $0.key == "kind" })?.value.string.flatMap(Kind.init(rawValue:)) else {
            throw ShapeError("kind")
        }
        self.kind = kind
        facts = data.filter { $0.key != "kind" }
    }

    package var json: JSONValue {
        let data = JSONValue.object([JSONMember("kind", .string(kind.rawValue))] + facts)
        return ["code": .integer(code), "message": .string(message), "data": data]
    }
}
