/// What `kist-keyring` answers before it ends; with `get` and `done`, segment 0 is the key.
package struct KeyringAnswer: Hashable, Sendable {
    package enum Outcome: String, CaseIterable, Hashable, Sendable {
        case done
        /// No such item.
        case nothing
        /// No message bus, or none that lets us in.
        case noBus
        /// Nobody on the bus keeps secrets.
        case noService
        case noCollection
        /// And nobody was to be asked.
        case locked
        /// Somebody was asked, and said no.
        case dismissed
        case timeout
        /// The service takes secrets in clear only, so it gets none.
        case clear
        /// The item holds nothing, or something else than was put there.
        case unfit
        /// Anything else; `why` says what.
        case other
    }

    package var outcome: Outcome
    /// `probe`: the collection's label. Otherwise why it failed. From a foreign program: to be made visible first.
    package var text: String?
    /// `probe`: the collection is locked.
    package var isLocked: Bool

    package init(_ outcome: Outcome, text: String? = nil, isLocked: Bool = false) {
        self.outcome = outcome
        self.text = text
        self.isLocked = isLocked
    }

    package var json: JSONValue {
        [
            "outcome": .string(outcome.rawValue), "text": text.map { .string($0) }, "locked": isLocked ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "answer")
        guard let outcome = Outcome(rawValue: try fields.string("outcome")) else { throw ShapeError("outcome") }
        self.outcome = outcome
        text = try fields.stringIfPresent("text")
        isLocked = try fields.flag("locked")
    }
}
