/// Parameters of `unlock`; segment 0 is what `with` says, segment 1 the second factor if there is one.
package struct UnlockRequest: Hashable, Sendable {
    package var with: KeyMeans
    package var hasFactor: Bool
    /// The fingerprint of the vault that is meant: no other one is opened.
    package var expected: String?
    /// Seconds until it locks itself, instead of the usual 15 minutes idle and 8 hours at most.
    package var seconds: Int64?
    /// Only for the connection that asks, and only until it closes.
    package var isLease: Bool
    /// Go on with an older copy than was seen here.
    package var acceptOlder: Bool
    /// Go on with a copy that is neither before nor after what was seen here.
    package var acceptFork: Bool
    /// What another place remembers of this vault, where this machine's state folder does not.
    package var kept: [UInt8]?

    package init(
        with: KeyMeans = .passphrase, hasFactor: Bool = false, expected: String? = nil, seconds: Int64? = nil,
        isLease: Bool = false, acceptOlder: Bool = false, acceptFork: Bool = false,
        kept: [UInt8]? = nil
    ) {
        self.with = with
        self.hasFactor = hasFactor
        self.expected = expected
        self.seconds = seconds
        self.isLease = isLease
        self.acceptOlder = acceptOlder
        self.acceptFork = acceptFork
        self.kept = kept
    }

    package var json: JSONValue {
        [
            "with": .string(with.rawValue),
            "factor": hasFactor ? true : nil,
            "expect": expected.map { .string($0) },
            "for": seconds.map { .integer($0) },
            "lease": isLease ? true : nil,
            "acceptOlder": acceptOlder ? true : nil,
            "acceptFork": acceptFork ? true : nil,
            "kept": kept.map { .string(SeenText.encode($0)) },
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        with = try fields.means("with")
        hasFactor = try fields.flag("factor")
        guard !hasFactor || with == .passphrase else { throw ShapeError("factor") }
        expected = try fields.stringIfPresent("expect")
        seconds = try fields.integerIfPresent("for", in: 1...(366 * 86_400))
        isLease = try fields.flag("lease")
        acceptOlder = try fields.flag("acceptOlder")
        acceptFork = try fields.flag("acceptFork")
        kept = try fields.seenIfPresent("kept")
    }
}

/// The answer to `unlock`: seconds until the vault locks itself, when unused and in any case.
package struct UnlockResult: Hashable, Sendable {
    package var idle: Int64
    package var maximum: Int64
    /// The slot that opened.
    package var slot: String?
    package var kind: SlotKind?
    /// A recovery code has opened the vault and was not renewed since.
    package var renewRecovery: Bool
    package var generation: UInt64?

    package init(
        idle: Int64, maximum: Int64, slot: String? = nil, kind: SlotKind? = nil, renewRecovery: Bool = false,
        generation: UInt64? = nil
    ) {
        self.idle = idle
        self.maximum = maximum
        self.slot = slot
        self.kind = kind
        self.renewRecovery = renewRecovery
        self.generation = generation
    }

    package var json: JSONValue {
        [
            "idle": .integer(idle), "maximum": .integer(maximum), "slot": slot.map { .string($0) },
            "kind": kind.map { .string($0.rawValue) }, "renewRecovery": renewRecovery ? true : nil,
            "generation": generation?.json,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        idle = try fields.integer("idle")
        maximum = try fields.integer("maximum")
        slot = try fields.slotIDIfPresent("slot")
        kind = try fields["kind"] == nil ? nil : fields.slotKind("kind")
        renewRecovery = try fields.flag("renewRecovery")
        generation = try fields.naturalIfPresent("generation")
    }
}
