internal import KistModel
internal import KistProtocol
internal import KistVault
internal import SecretMemory

extension Agent {
    /// An overview must fit a frame's header with room to spare, or it could be stored and never be shown.
    private static let longestOverview = 48 << 10

    func put(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let part: PutRequest
        do {
            part = try PutRequest(json: request.params)
            guard segments.count == part.items.reduce(0, { $0 + $1.secrets.count }) else { throw ShapeError("secrets") }
            if let batch = client.batch {
                guard batch.id == request.id, batch.requestID == part.requestID else { throw ShapeError("requestID") }
            }
            // Its first half is lost, whoever has unlocked the vault since.
            guard client.dropped != request.id else { throw Failures.locked }
            _ = try session.use(by: client.token)
        } catch {
            client.dropped = nil
            client.batch = nil
            // One answer for the whole batch: the frames that still come for it are passed over.
            if client.skipped == request.id { return }
            client.skipped = (try? JSONFields(request.params, "params").flag("more")) == true ? request.id : nil
            throw error
        }
        if client.skipped == request.id {
            if !part.hasMore { client.skipped = nil }
            return
        }
        if !part.hasMore, client.batch == nil {
            return try write(part.items, segments, part.requestID, part.why, request.id, client)
        }
        let batch =
            client.batch
            ?? Batch(
                id: request.id, requestID: part.requestID, why: part.why, end: clock.nanoseconds() + limits.batch)
        client.batch = batch
        // Written again, which costs less than to carry the number through every request.
        batch.append(part, header: request.params.encoded.count, segments)
        let all = clients.values.reduce(0) { $0 + ($1.batch.map { $0.bytes + $0.headerBytes } ?? 0) }
        guard batch.bytes <= limits.batchBytes, batch.headerBytes <= limits.batchBytes,
            batch.items.count <= limits.batchItems, all <= limits.allBatchBytes
        else {
            client.batch = nil
            client.skipped = part.hasMore ? request.id : nil
            throw AgentFailure(.tooLarge, "the batch is larger than one transaction may be")
        }
        guard !part.hasMore else { return }
        client.batch = nil
        try write(batch.items, batch.takeSecrets(), batch.requestID, batch.why, request.id, client)
    }

    private func write(
        _ items: [KistProtocol.PutItem], _ secrets: borrowing SecretSegments, _ requestID: String, _ why: String,
        _ id: Int64, _ client: Client
    ) throws {
        for item in items where item.json.encoded.count > Self.longestOverview {
            throw AgentFailure(.tooLarge, "the plain fields of one credential are longer than 48 KiB")
        }
        let note = try note(why, client)
        let compared = try compared(items, client)
        let stored = items.map {
            var item = KistVault.PutItem(
                profile: $0.profile, name: $0.name, platform: $0.platform, variant: $0.variant, plain: $0.plain,
                secrets: $0.secrets, expiry: $0.expiry, note: $0.note, policy: $0.policy, ifRevision: $0.ifRevision)
            item.unlessSame = compared != nil
            return item
        }
        try record(
            write: .put, items.map { AuditEntry.Target(profile: $0.profile, name: $0.name, fields: $0.secrets) },
            reason: why, client)
        var written: UInt64?
        defer { noteCompared(compared, written) }
        let revision = try vault(for: client) { (vault) throws(VaultError) in
            try vault.put(stored, secrets: secrets, note: note, requestID: requestID)
        }
        written = revision
        var left = items.count
        client.producer = { [unowned self, unowned client] in
            let count = min(left, 4_000)
            left -= count
            let result = PutResult(revision: revision, items: Array(repeating: revision, count: count)).json
            guard left > 0, case .object(let members) = result else {
                reply(client, id, result)
                return false
            }
            reply(client, id, .object(members + [JSONMember("more", true)]))
            return true
        }
    }

    func remove(_ request: Request, _ client: Client) throws {
        let wanted = try NamedRequest(json: request.params)
        try record(
            write: .remove, [AuditEntry.Target(profile: wanted.profile, name: wanted.name)], client, .ifPossible)
        let generation = try vault(for: client) { (vault) throws(VaultError) in
            try vault.remove(wanted.profile, wanted.name, ifRevision: wanted.ifRevision)
        }
        reply(client, request.id, ["generation": generation.json])
    }

    func restore(_ request: Request, _ client: Client) throws {
        let wanted = try NamedRequest(json: request.params)
        guard let revision = wanted.revision else { throw ShapeError("revision") }
        let note = try note("restore of \(revision)", client)
        try record(
            write: .restore, [.init(profile: wanted.profile, name: wanted.name, revision: revision)], client)
        let new = try vault(for: client) { (vault) throws(VaultError) in
            try vault.restore(wanted.profile, wanted.name, revision: revision, note: note)
        }
        reply(client, request.id, ["revision": new.json])
    }

    func profileCreate(_ request: Request, _ client: Client) throws {
        let name = try JSONFields(request.params, "params").profile("name")
        let note = try note("profile create", client)
        try record(write: .profileCreate, [AuditEntry.Target(profile: name, name: nil)], client)
        try vault(for: client) { (vault) throws(VaultError) in try vault.createProfile(name, note: note) }
        reply(client, request.id, .empty)
    }

    func profileCopy(_ request: Request, _ client: Client) throws {
        let params = try JSONFields(request.params, "params")
        let from = try params.profile("from")
        let to = try params.profile("to")
        let note = try note("copy of profile \(from)", client)
        try record(
            write: .profileCopy, [from, to].map { AuditEntry.Target(profile: $0, name: nil) }, client)
        let copied = try vault(for: client) { (vault) throws(VaultError) in
            try vault.copyProfile(from, to: to, note: note)
        }
        reply(client, request.id, ["copied": .integer(Int64(copied))])
    }

    func profileRemove(_ request: Request, _ client: Client) throws {
        let name = try JSONFields(request.params, "params").profile("name")
        try record(write: .profileRemove, [AuditEntry.Target(profile: name, name: nil)], client, .ifPossible)
        let removed = try vault(for: client) { (vault) throws(VaultError) in try vault.removeProfile(name) }
        reply(client, request.id, ["removed": .integer(Int64(removed))])
    }

    func note(_ why: String, _ client: Client) throws(ShapeError) -> WriteNote {
        // People read it on terminals.
        guard why.utf8.count <= 256, why.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw ShapeError("why")
        }
        guard case .said(let who) = client.greeting else { throw ShapeError("hello") }
        return WriteNote(who: who, why: why, when: clock.now())
    }
}
