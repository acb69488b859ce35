package import KistModel

/// What the agent can do with its vault at the moment.
package enum VaultState: String, Hashable, Sendable {
    /// There is no vault file yet.
    case absent
    case locked
    case unlocked
}

/// The answer to `hello`.
package struct Hello: Hashable, Sendable {
    package var `protocol`: Int64
    /// The agent's release, for people.
    package var version: String
    package var state: VaultState
    package var pid: Int32
    /// The vault's real path.
    package var vault: String

    package init(protocol: Int64, version: String, state: VaultState, pid: Int32, vault: String) {
        self.protocol = `protocol`
        self.version = version
        self.state = state
        self.pid = pid
        self.vault = vault
    }

    package var json: JSONValue {
        [
            "protocol": .integer(`protocol`), "version": .string(version), "state": .string(state.rawValue),
            "pid": .integer(Int64(pid)), "vault": .string(vault),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "hello")
        `protocol` = try fields.integer("protocol")
        version = try fields.string("version")
        state = try fields.state("state")
        pid = Int32(try fields.integer("pid", in: 0...Int64(Int32.max)))
        vault = try fields.string("vault")
    }
}

/// The answer to `status`.
package struct AgentStatus: Hashable, Sendable {
    /// Whether this machine has seen the vault before: rollback can only be noticed for a known one.
    package enum Anchor: String, Hashable, Sendable {
        case known
        case unknown
        case new
    }

    package var state: VaultState
    package var vault: String
    /// The vault's fingerprint; `nil` while nothing is known of it.
    package var fingerprint: String?
    package var generation: UInt64?
    package var credentials: UInt64?
    /// Seconds until the vault locks itself when nobody uses it.
    package var idle: Int64?
    /// Seconds until it locks itself in any case.
    package var maximum: Int64?
    package var pid: Int32
    package var version: String
    package var started: Timestamp
    /// Bytes of locked memory in use.
    package var lockedBytes: Int64
    /// Whether the kernel really keeps that memory out of swap.
    package var isMemoryLocked: Bool
    /// Whether processes of the same user could read the agent (they must not).
    package var isDumpable: Bool
    package var anchor: Anchor
    /// The state folder has nothing on the vault: what another place remembers of it is welcome at the next unlock.
    package var isUnseen = false
    /// A recovery code has opened the vault and was not renewed since.
    package var renewRecovery = false

    package init(
        state: VaultState, vault: String, fingerprint: String? = nil, generation: UInt64? = nil,
        credentials: UInt64? = nil, idle: Int64? = nil, maximum: Int64? = nil, pid: Int32, version: String,
        started: Timestamp, lockedBytes: Int64, isMemoryLocked: Bool, isDumpable: Bool, anchor: Anchor
    ) {
        self.state = state
        self.vault = vault
        self.fingerprint = fingerprint
        self.generation = generation
        self.credentials = credentials
        self.idle = idle
        self.maximum = maximum
        self.pid = pid
        self.version = version
        self.started = started
        self.lockedBytes = lockedBytes
        self.isMemoryLocked = isMemoryLocked
        self.isDumpable = isDumpable
        self.anchor = anchor
    }

    package var json: JSONValue {
        [
            "state": .string(state.rawValue),
            "vault": .string(vault),
            "fingerprint": fingerprint.map { .string($0) },
            "generation": generation?.json,
            "credentials": credentials?.json,
            "idle": idle.map { .integer($0) },
            "maximum": maximum.map { .integer($0) },
            "pid": .integer(Int64(pid)),
            "version": .string(version),
            "started": .string(started.description),
            "lockedMemory": ["bytes": .integer(lockedBytes), "locked": .bool(isMemoryLocked)],
            "dumpable": .bool(isDumpable),
            "anchor": .string(anchor.rawValue),
            "unseen": isUnseen ? true : nil,
            "renewRecovery": renewRecovery ? true : nil,
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "status")
        state = try fields.state("state")
        vault = try fields.string("vault")
        fingerprint = try fields.stringIfPresent("fingerprint")
        generation = try fields.naturalIfPresent("generation")
        credentials = try fields.naturalIfPresent("credentials")
        idle = try fields.integerIfPresent("idle")
        maximum = try fields.integerIfPresent("maximum")
        pid = Int32(try fields.integer("pid", in: 0...Int64(Int32.max)))
        version = try fields.string("version")
        started = try fields.timestamp("started")
        let memory = try JSONFields(fields["lockedMemory"] ?? .null, "lockedMemory")
        lockedBytes = try memory.integer("bytes")
        isMemoryLocked = try memory.flag("locked")
        isDumpable = try fields.flag("dumpable")
        guard let anchor = Anchor(rawValue: try fields.string("anchor")) else { throw ShapeError("anchor") }
        self.anchor = anchor
        isUnseen = try fields.flag("unseen")
        renewRecovery = try fields.flag("renewRecovery")
    }
}

extension JSONFields {
    func state(_ key: String) throws(ShapeError) -> VaultState {
        guard let state = VaultState(rawValue: try string(key)) else { throw ShapeError(key) }
        return state
    }
}
