/// One line of the audit log: who got or did what, when, and what for. Never a value of a secret.
package struct AuditEntry: Hashable, Sendable {
    /// A credential, or a whole profile.
    package struct Target: Hashable, Sendable {
        package var profile: ProfileName
        /// `nil`: the profile as such.
        package var name: CredentialName?
        /// 0 when it is not known.
        package var revision: UInt64
        /// Secret fields that were handed out; empty when that is not the matter.
        package var fields: [FieldName]

        package init(
            profile: ProfileName, name: CredentialName?, revision: UInt64 = 0, fields: [FieldName] = []
        ) {
            self.profile = profile
            self.name = name
            self.revision = revision
            self.fields = fields
        }
    }

    /// The other end of the connection. All of it but the user is what a process says of itself: advisory.
    package struct Who: Hashable, Sendable {
        /// Name and version, as the client greeted.
        package var client: String
        package var pid: Int32
        package var user: UInt32
        /// The path of its executable, or its short name where the path cannot be read.
        package var program: String

        package init(client: String, pid: Int32, user: UInt32, program: String) {
            self.client = client
            self.pid = pid
            self.user = user
            self.program = program
        }
    }

    /// Rises by one with each entry; the log gives it.
    package var sequence: UInt64
    package var when: Timestamp
    /// What was done: the agent's method, or `log` for what happened to the log itself.
    package var verb: String
    /// What for (`run`, `check`), or how; may be empty.
    package var purpose: String
    /// `ok`, or the kind of the refusal.
    package var result: String
    package var targets: [Target]
    package var who: Who
    /// Free text of the client.
    package var reason: String
    /// Entries before this one that could not be written.
    package var missed: UInt32

    package init(
        verb: String, purpose: String = "", result: String = AuditEntry.done, targets: [Target] = [], who: Who,
        reason: String = "", when: Timestamp, sequence: UInt64 = 0, missed: UInt32 = 0
    ) {
        self.verb = verb
        self.purpose = purpose
        self.result = result
        self.targets = targets
        self.who = who
        self.reason = reason
        self.when = when
        self.sequence = sequence
        self.missed = missed
    }

    /// The result of what was done or is about to be.
    package static let done = "ok"
    /// The verb of entries about the log itself.
    package static let aboutLog = "log"
    /// Verbs by which a secret leaves the vault, or what was made from one leaves the agent: what *last used* means.
    package static let uses: Set<String> = ["reveal", "seal", "export", "kept"]

    /// Whether it counts as use of its targets.
    package var isUse: Bool { result == Self.done && Self.uses.contains(verb) }
}
