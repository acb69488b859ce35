internal import KistCrypto
internal import KistModel

extension AuditEntry {
    static let layout: UInt8 = 1
    /// Longest texts, in bytes.
    static let longestWord = 32
    static let longestProgram = 255
    static let longestReason = 512
    static let mostTargets = 4_096
    /// Bytes of the targets of one entry, so that it fits a frame's header as JSON; only a single one may be longer.
    static let longest = 16 * 1_024

    /// What is sealed: `u8 layout ‖ u64 sequence ‖ previous tag32 ‖ …` as `Audit.md` has it.
    func write(to writer: inout RoomWriter, previous: [UInt8]) {
        writer.number(Self.layout)
        writer.number(sequence)
        writer.raw(previous)
        writer.number(when.seconds)
        writer.text8(verb)
        writer.text8(purpose)
        writer.text8(result)
        writer.text8(who.client)
        writer.number(who.pid)
        writer.number(who.user)
        writer.text8(who.program)
        writer.text16(reason)
        writer.number(missed)
        writer.number(UInt16(targets.count))
        for target in targets {
            writer.text8(target.profile.description)
            writer.text8(target.name?.description ?? "")
            writer.number(target.revision)
            writer.number(UInt16(target.fields.count))
            for field in target.fields { writer.text8(field.description) }
        }
    }

    /// Bytes that `write` writes.
    var storedCount: Int {
        // Numbers, the tag, and the lengths of six texts.
        var count = 1 + 8 + 32 + 8 + 5 + 4 + 4 + 2 + 4 + 2
        count += verb.utf8.count + purpose.utf8.count + result.utf8.count
        count += who.client.utf8.count + who.program.utf8.count + reason.utf8.count
        for target in targets { count += target.storedCount }
        return count
    }

    /// The entry and the tag before it.
    static func decode(_ plaintext: UnsafeRawBufferPointer) throws(Malformed) -> (AuditEntry, previous: [UInt8]) {
        var reader = ByteReader(plaintext)
        guard try reader.number(UInt8.self) == layout else { throw Malformed() }
        let sequence: UInt64 = try reader.number()
        let previous = try reader.bytes(32)
        let when = Timestamp(seconds: try reader.number())
        let (verb, purpose, result) = (try reader.text8(), try reader.text8(), try reader.text8())
        let client = try reader.text8()
        let (pid, user): (Int32, UInt32) = (try reader.number(), try reader.number())
        let program = try reader.text8()
        let reason = try reader.text16()
        let missed: UInt32 = try reader.number()
        let count = Int(try reader.number(UInt16.self))
        guard when.isWritable, count <= mostTargets,
            [verb, purpose, result].allSatisfy({ $0.utf8.count <= longestWord })
        else { throw Malformed() }
        var targets: [Target] = []
        for _ in 0..<count { targets.append(try Target(&reader)) }
        try reader.finish()
        let who = Who(client: client, pid: pid, user: user, program: program)
        let entry = AuditEntry(
            verb: verb, purpose: purpose, result: result, targets: targets, who: who, reason: reason, when: when,
            sequence: sequence, missed: missed)
        return (entry, previous)
    }

    /// Whether it is one entry as it stands; nearly every one is.
    var isOne: Bool {
        verb.utf8.count <= Self.longestWord && purpose.utf8.count <= Self.longestWord
            && result.utf8.count <= Self.longestWord && reason.utf8.count <= Self.longestReason
            && who.client.utf8.count <= 64 && who.program.utf8.count <= Self.longestProgram && when.isWritable
            && targets.count <= 16
            && targets.allSatisfy { $0.storedCount <= Self.longest / 16 && $0.fields.count <= PutItem.mostFields }
    }

    /// The same in as many entries as it takes, each of bounded length, and with texts that fit.
    func split() -> [AuditEntry] {
        var whole = self
        whole.verb = verb.cut(to: Self.longestWord)
        whole.purpose = purpose.cut(to: Self.longestWord)
        whole.result = result.cut(to: Self.longestWord)
        whole.reason = reason.cut(to: Self.longestReason)
        whole.who.client = who.client.cut(to: 64)
        whole.who.program = who.program.cut(to: Self.longestProgram)
        whole.when.seconds = min(max(when.seconds, Timestamp.writable.lowerBound), Timestamp.writable.upperBound)
        let targets = targets.flatMap(\.divided)
        whole.targets = targets
        var bytes = targets.reduce(0) { $0 + $1.storedCount }
        // Nearly always one.
        guard bytes > Self.longest || targets.count > Self.mostTargets else { return [whole] }
        var parts: [AuditEntry] = []
        var part = whole
        part.targets = []
        bytes = 0
        for target in targets {
            if bytes + target.storedCount > Self.longest || part.targets.count == Self.mostTargets {
                parts.append(part)
                part.targets = []
                bytes = 0
            }
            part.targets.append(target)
            bytes += target.storedCount
        }
        return parts + [part]
    }
}

extension AuditEntry.Target {
    var storedCount: Int {
        var count = 12 + profile.description.utf8.count + (name?.description.utf8.count ?? 0)
        for field in fields { count += 1 + field.description.utf8.count }
        return count
    }

    /// The same with as many fields in each as a credential can have: a request may name any number before it is refused.
    fileprivate var divided: [AuditEntry.Target] {
        guard fields.count > PutItem.mostFields else { return [self] }
        return stride(from: 0, to: fields.count, by: PutItem.mostFields).map { start in
            var part = self
            part.fields = Array(fields[start..<min(start + PutItem.mostFields, fields.count)])
            return part
        }
    }

    init(_ reader: inout ByteReader) throws(Malformed) {
        guard let profile = try? ProfileName(try reader.text8()) else { throw Malformed() }
        let text = try reader.text8()
        var name: CredentialName?
        if !text.isEmpty {
            name = try? CredentialName(text)
            guard name != nil else { throw Malformed() }
        }
        let revision: UInt64 = try reader.number()
        let count = Int(try reader.number(UInt16.self))
        guard count <= PutItem.mostFields else { throw Malformed() }
        var fields: [FieldName] = []
        for _ in 0..<count {
            guard let field = try? FieldName(try reader.text8()) else { throw Malformed() }
            fields.append(field)
        }
        self.init(profile: profile, name: name, revision: revision, fields: fields)
    }
}

extension String {
    /// Whole characters of at most `count` bytes.
    func cut(to count: Int) -> String {
        guard utf8.count > count else { return self }
        var end = utf8.index(startIndex, offsetBy: count)
        while end > startIndex, String.Index(end, within: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
