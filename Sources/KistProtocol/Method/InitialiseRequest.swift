/// Parameters of `init`; segment 0 is the passphrase.
package struct InitialiseRequest: Hashable, Sendable {
    /// Argon2id passes; `nil` leaves the choice to the agent.
    package var passes: Int64?
    /// Argon2id memory in KiB; `nil` leaves the choice to the agent.
    package var memory: Int64?

    package init(passes: Int64? = nil, memory: Int64? = nil) {
        self.passes = passes
        self.memory = memory
    }

    package var json: JSONValue {
        ["passes": passes.map { .integer($0) }, "memory": memory.map { .integer($0) }]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "params")
        passes = try fields.integerIfPresent("passes", in: 1...1_000)
        memory = try fields.integerIfPresent("memory", in: 1...(1 << 32))
    }
}

/// The answer to `init`; segment 0 is the recovery code as text.
package struct InitialiseResult: Hashable, Sendable {
    package var fingerprint: String
    package var passes: Int64
    /// KiB.
    package var memory: Int64

    package init(fingerprint: String, passes: Int64, memory: Int64) {
        self.fingerprint = fingerprint
        self.passes = passes
        self.memory = memory
    }

    package var json: JSONValue {
        ["fingerprint": .string(fingerprint), "passes": .integer(passes), "memory": .integer(memory)]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        fingerprint = try fields.string("fingerprint")
        passes = try fields.integer("passes")
        memory = try fields.integer("memory")
    }
}
