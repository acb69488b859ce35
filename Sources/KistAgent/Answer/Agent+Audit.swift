private import Glibc
internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistVault
internal import SecretMemory

/// What stands in the log before it happens, and how the log is read.
extension Agent {
    /// Whether requests of this method are written down before their own code runs.
    ///
    /// Those that look at nothing secret are not; some write their own entry, because they know better what they hand out.
    /// Everything else is: a method that nobody thought of here leaves a trace all the same.
    private static func isWrittenDownFirst(_ method: Method) -> Bool {
        switch method {
        case .hello, .status, .list, .show, .history, .profiles, .folder, .doctor, .slots, .audit, .auditVerify,
            .sealer, .seen, .backupPart, .rekeyStatus:
            false
        case .initialise, .unlock, .lock, .retire, .reveal, .put, .remove, .restore, .profileCreate, .profileCopy,
            .profileRemove, .seal, .kept:
            false
        default: true
        }
    }

    /// The trace of a request whose own code leaves none.
    func recordFirst(_ method: Method, _ request: Request, _ client: Client) throws(AgentFailure) {
        attempt = nil
        guard Self.isWrittenDownFirst(method), session.isOpen(for: client.token) else { return }
        attempt = entry(
            method.rawValue, purpose: Self.purpose(request.params), Self.targets(request.params),
            reason: request.params["reason"]?.string ?? "", for: client)
        try record(.durable)
    }

    /// What is about to happen on behalf of a client; `record` writes it down.
    func entry(
        _ verb: String, purpose: String = "", _ targets: [AuditEntry.Target] = [], reason: String = "",
        for client: Client?
    ) -> AuditEntry {
        AuditEntry(
            verb: verb, purpose: purpose, targets: targets, who: client.map(who) ?? .agent, reason: reason,
            when: clock.now())
    }

    /// Writes `attempt` down: nothing of what it tells of may have happened yet.
    ///
    /// - Throws: `notAudited` when it cannot be written and `demand` says that it must.
    func record(_ demand: AuditLog.Demand) throws(AgentFailure) {
        guard let attempt else { return }
        do { try session.record(attempt, demand) } catch {
            // The refusal itself cannot be written down either.
            self.attempt = nil
            throw Failures.notAudited(error)
        }
    }

    /// A request was refused; if it was one that counts, so does that.
    func recordRefusal(_ failure: AgentFailure) {
        guard var refused = attempt else { return }
        attempt = nil
        guard session.isOpen else { return }
        refused.result = failure.kind.rawValue
        try? session.record(refused, .ifPossible)
    }

    /// The same for work that took longer than its request.
    func recordRefusal(_ failure: AgentFailure, of job: UnlockJob) {
        attempt = job.attempt
        recordRefusal(failure)
    }

    /// The vault was opened for a client.
    ///
    /// - Parameter code: the recovery code as text when the vault is new, else empty.
    func recordUnlock(_ token: UInt64, _ how: String, code: borrowing SecretBytes) {
        session.openAudit(code: code)
        let reason = pause.tries > 0 ? "after \(pause.tries) wrong key\(pause.tries == 1 ? "" : "s")" : ""
        let verb = code.count > 0 ? "init" : "unlock"
        try? session.record(
            entry(verb, purpose: verb == how ? "" : how, reason: reason, for: clients[token]), .ifPossible)
    }

    /// What a reveal wants, as far as it is known before anything is opened.
    func revealing(_ wanted: RevealRequest, _ client: Client) -> AuditEntry {
        entry(
            Method.reveal.rawValue, purpose: wanted.purpose.rawValue,
            wanted.wants.map {
                AuditEntry.Target(profile: $0.profile, name: $0.name, fields: ($0.fields ?? []))
            }, reason: wanted.reason ?? "", for: client)
    }

    /// The reveal in work, with what was opened for it. What is written to files, what somebody was asked for, and several
    /// at once have to survive a power cut, too.
    func record(
        revealed items: [Revealed.Item], for purpose: RevealRequest.Purpose, isAgreed: Bool
    ) throws(AgentFailure) {
        attempt?.targets = items.map {
            AuditEntry.Target(
                profile: $0.overview.profile, name: $0.overview.name, revision: $0.overview.revision,
                fields: $0.fields.map(\.name))
        }
        try record(items.count > 1 || isAgreed || purpose == .export ? .durable : .first)
    }

    /// A write that is about to be made.
    ///
    /// - Parameter demand: removing goes on when the disk is full.
    func record(
        write verb: Method, _ targets: [AuditEntry.Target], reason: String = "", _ client: Client,
        _ demand: AuditLog.Demand = .durable
    ) throws(AgentFailure) {
        // A locked vault says so itself.
        guard session.isOpen(for: client.token) else { return }
        attempt = entry(verb.rawValue, targets, reason: reason, for: client)
        try record(demand)
        if demand == .ifPossible { try? session.audit?.sync() }
    }

    func who(_ client: Client) -> AuditEntry.Who {
        if let who = client.who { return who }
        var name = ""
        if case .said(let said) = client.greeting { name = said }
        let who = AuditEntry.Who(
            client: name, pid: client.peer.pid, user: client.peer.uid, program: Process.program(of: client.peer.pid))
        client.who = who
        return who
    }

    // MARK: Reading it

    /// For `doctor`.
    var auditFacts: JSONValue {
        [
            "written": session.audit.map { ($0.sequence - 1).json },
            "failure": session.auditFailure.map { .string(Failures.words($0)) },
        ]
    }

    func audit(_ request: Request, _ client: Client) throws {
        let wanted = try AuditRequest(json: request.params)
        if wanted.isFollowing {
            guard session.isOpen(for: client.token) else { throw Failures.locked }
        } else {
            _ = try session.use(by: client.token)
        }
        var filter = AuditFilter()
        filter.profile = wanted.profile
        filter.name = wanted.name
        filter.since = wanted.since
        filter.verbs = Set(wanted.verbs)
        filter.after = wanted.after ?? 0
        guard let log = session.audit else { return reply(client, request.id, ["items": []]) }
        let cursor: AuditCursor
        do { cursor = try AuditCursor(log, filter) } catch { throw Failures.notAudited(error) }
        replyInParts(
            client, request.id,
            { () throws(AuditStoreError) in
                cursor.isAtEnd ? nil : try cursor.next(512)
            })
    }

    /// Some entries at a time, as long as there are more.
    private func replyInParts(
        _ client: Client, _ id: Int64, _ next: @escaping () throws(AuditStoreError) -> [AuditEntry]?
    ) {
        var left: ArraySlice<AuditEntry> = []
        client.producer = { [unowned self, unowned client] in
            var items: [JSONValue] = []
            var bytes = 0
            do {
                if left.isEmpty { left = try next()?[...] ?? [] }
                while let entry = left.first {
                    let json = entry.json
                    bytes += json.encoded.count + 1
                    if !items.isEmpty, bytes > FrameLayout.largestHeader - 4_096 { break }
                    items.append(json)
                    left.removeFirst()
                }
                let isMore = !left.isEmpty
                let more = isMore ? true : try next().map { left = $0[...] } != nil
                reply(client, id, ["items": .array(items), "more": more ? true : nil])
                return more
            } catch {
                reply(client, id, Failures.notAudited(error as? AuditStoreError ?? AuditStoreError(code: EIO)))
                return false
            }
        }
    }

    func auditVerify(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        guard segments.count <= 1 else { throw ShapeError("segments") }
        let code = segments.takeBytes()
        guard code.count == 0 || Vault.isRecoveryCode(code) else { throw ShapeError("recovery code") }
        let hasCode = code.count > 0
        _ = try session.use(by: client.token)
        guard let log = session.audit else {
            throw Failures.notAudited(session.auditFailure ?? AuditStoreError(code: ENOENT))
        }
        // A log that was taken away or replaced is noticed now, not only with the next entry.
        do { try log.check(now: clock.now()) } catch { throw Failures.notAudited(error) }
        let check: AuditCheck
        do { check = try AuditCheck(log, recoveryCode: code) } catch { throw Failures.notAudited(error) }
        client.producer = { [unowned self, unowned client] in
            do {
                if try check.step(2_048) {
                    reply(client, request.id, ["checked": check.report.entries.json, "more": true])
                    return true
                }
                reply(client, request.id, Self.findings(check.report, hasCode).json)
            } catch {
                reply(client, request.id, Failures.notAudited(error as? AuditStoreError ?? AuditStoreError(code: EIO)))
            }
            return false
        }
    }

    private static func findings(_ report: AuditReport, _ hasCode: Bool) -> AuditFindings {
        AuditFindings(
            segments: UInt64(report.segments), entries: report.entries, first: report.first, last: report.last,
            proved: hasCode ? report.proved : nil,
            faults: report.faults.prefix(256).map { .init(sequence: $0.sequence, what: $0.what) })
    }

    // MARK: Of requests that nobody has described better

    private static func purpose(_ params: JSONValue) -> String {
        params["purpose"]?.string ?? params["kind"]?.string ?? params["slot"]?.string ?? ""
    }

    static func targets(_ params: JSONValue) -> [AuditEntry.Target] {
        let wanted = params["wants"]?.array ?? params["items"]?.array ?? [params]
        return wanted.compactMap { want in
            guard let fields = try? JSONFields(want, "wants"), let profile = try? fields.profile("profile") else {
                return nil
            }
            return AuditEntry.Target(profile: profile, name: try? fields.credential("name"))
        }
    }
}

extension AuditEntry.Who {
    /// The agent itself, when time or a signal is the reason.
    static let agent = AuditEntry.Who(client: "kist-agent", pid: 0, user: 0, program: "")
}
