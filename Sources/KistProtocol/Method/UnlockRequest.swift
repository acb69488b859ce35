/// Parameters of `unlock`; segment 0 is the passphrase or the recovery code.
package struct UnlockRequest: Hashable, Sendable {
    package enum Means: String, Hashable, Sendable {
        case passphrase
        case recovery
    }

    package var with: Means
    /// Seconds until it locks itself, instead of the usual 15 minutes idle and 8 hours at most.
    package var seconds: Int64?
    /// Only for the connection that asks, and only until it closes.
    package var isLease: Bool
    /// Go on with an older copy than was seen here.
    package var acceptOlder: Bool
    /// Go on with a copy that is neither before nor after what was seen here.
    package var acceptFork: Bool

    package init(
        with: Means = .passphrase, seconds: Int64? = nil, isLease: Bool = false, acceptOlder: Bool = false,
        acceptFork: Bool = false
    ) {
        self.with = with
        self.seconds = seconds
        self.isLease = isLease
        self.acceptOlder = acceptOlder
        self.acceptFork = acceptFork
    }

    package var json: JSONValue {
        .members([
            "with": .string(with.rawValue),
            "for": seconds.map { .integer($0) },
            "lease": isLease ? true : nil,
            "acceptOlder": acceptOlder ? true : nil,
            "acceptFork": acceptFork ? true : nil,
        ])
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        guard let means = Means(rawValue: try fields.string("with")) else { throw ShapeError("with") }
        with = means
        seconds = try fields.integerIfPresent("for", in: 1...(366 * 86_400))
        isLease = try fields.flag("lease")
        acceptOlder = try fields.flag("acceptOlder")
        acceptFork = try fields.flag("acceptFork")
    }
}

/// The answer to `unlock`: seconds until the vault locks itself, when unused and in any case.
package struct UnlockResult: Hashable, Sendable {
    package var idle: Int64
    package var maximum: Int64

    package init(idle: Int64, maximum: Int64) {
        self.idle = idle
        self.maximum = maximum
    }

    package var json: JSONValue { ["idle": .integer(idle), "maximum": .integer(maximum)] }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        idle = try fields.integer("idle")
        maximum = try fields.integer("maximum")
    }
}
