package import KistModel

extension AuditEntry {
    /// `{seq, when, verb, purpose?, result, items?: [{profile, name?, revision?, fields?}], client?, pid?, uid?, program?,
    /// reason?, missed?}`
    package var json: JSONValue {
        [
            "seq": sequence.json,
            "when": .string(when.description),
            "verb": .string(verb),
            "purpose": purpose.isEmpty ? nil : .string(purpose),
            "result": .string(result),
            "items": targets.isEmpty ? nil : .array(targets.map(\.json)),
            "client": who.client.isEmpty ? nil : .string(who.client),
            "pid": who.pid == 0 ? nil : .integer(Int64(who.pid)),
            "uid": who.pid == 0 ? nil : .integer(Int64(who.user)),
            "program": who.program.isEmpty ? nil : .string(who.program),
            "reason": reason.isEmpty ? nil : .string(reason),
            "missed": missed == 0 ? nil : .integer(Int64(missed)),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "items")
        let targets = try fields.arrayIfPresent("items") ?? []
        let who = Who(
            client: try fields.stringIfPresent("client") ?? "",
            pid: Int32(try fields.integerIfPresent("pid", in: 0...Int64(Int32.max)) ?? 0),
            user: UInt32(try fields.integerIfPresent("uid", in: 0...Int64(UInt32.max)) ?? 0),
            program: try fields.stringIfPresent("program") ?? "")
        self.init(
            verb: try fields.string("verb"), purpose: try fields.stringIfPresent("purpose") ?? "",
            result: try fields.string("result"), who: who, reason: try fields.stringIfPresent("reason") ?? "",
            when: try fields.timestamp("when"), sequence: try fields.natural("seq"),
            missed: UInt32(try fields.integerIfPresent("missed", in: 0...Int64(UInt32.max)) ?? 0))
        for target in targets { self.targets.append(try Target(json: target)) }
    }
}

extension AuditEntry.Target {
    var json: JSONValue {
        [
            "profile": .string(profile.description),
            "name": name.map { .string($0.description) },
            "revision": revision == 0 ? nil : revision.json,
            "fields": fields.isEmpty ? nil : .array(fields.map { .string($0.description) }),
        ]
    }

    init(json: JSONValue) throws(ShapeError) {
        let members = try JSONFields(json, "items")
        self.init(
            profile: try members.profile("profile"),
            name: try members["name"] == nil ? nil : members.credential("name"),
            revision: try members.naturalIfPresent("revision") ?? 0,
            fields: try members.fieldNamesIfPresent("fields") ?? [])
    }
}

/// The last answer to `auditVerify`.
package struct AuditFindings: Hashable, Sendable {
    package struct Fault: Hashable, Sendable {
        /// The entry at which it was noticed.
        package var sequence: UInt64
        package var what: String

        package init(sequence: UInt64, what: String) {
            self.sequence = sequence
            self.what = what
        }
    }

    package var segments: UInt64
    package var entries: UInt64
    /// Of the first entry that is kept, and of the last one.
    package var first: UInt64
    package var last: UInt64
    /// Entries that follow from the recovery code; `nil` when none was given.
    package var proved: UInt64?
    package var faults: [Fault]

    package init(
        segments: UInt64, entries: UInt64, first: UInt64, last: UInt64, proved: UInt64?, faults: [Fault]
    ) {
        self.segments = segments
        self.entries = entries
        self.first = first
        self.last = last
        self.proved = proved
        self.faults = faults
    }

    package var json: JSONValue {
        [
            "segments": segments.json, "entries": entries.json, "first": first.json, "last": last.json,
            "proved": proved?.json,
            "faults": .array(faults.map { ["seq": $0.sequence.json, "what": .string($0.what)] }),
        ]
    }

    package init(json: JSONValue) throws(ShapeError) {
        let fields = try JSONFields(json, "result")
        segments = try fields.natural("segments")
        entries = try fields.natural("entries")
        first = try fields.natural("first")
        last = try fields.natural("last")
        proved = try fields.naturalIfPresent("proved")
        faults = []
        for value in try fields.array("faults") {
            let fault = try JSONFields(value, "faults")
            faults.append(Fault(sequence: try fault.natural("seq"), what: try fault.string("what")))
        }
    }
}
