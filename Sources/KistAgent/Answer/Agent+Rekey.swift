internal import KistProtocol
internal import KistVault
internal import SecretMemory

/// Re-encryption in the loop's own thread: a slice between any two looks at the sockets, so that nobody waits for more than
/// a slice and a commit.
extension Agent {
    func rekey(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try RekeyRequest(json: request.params)
        guard segments.count == wanted.segments else { throw ShapeError("segments") }
        let vault = try session.use(by: client.token)
        rekeyFailure = nil
        switch wanted.form {
        case .root:
            try enqueue(
                .slot(.rekey(wanted)), request, segments, count: wanted.segments, most: 4_096, client)
        case .data:
            do throws(VaultError) { try vault.renewDataKey() } catch { throw Failures.of(error) }
            reply(client, request.id, progress(vault).json)
        case .resume:
            reply(client, request.id, progress(vault).json)
        }
    }

    /// Looks at every row, then changes the root. The job leaves the queue meanwhile: others may unlock.
    func changeRoot(
        _ request: RekeyRequest, _ job: UnlockJob, _ vault: Vault, _ key: consuming SlotKey
    ) throws(AgentFailure) {
        guard let client = clients[job.client] else { throw Failures.locked }
        do { try vault.expectNoJob() } catch { throw Failures.of(error) }
        job.key = consume key
        jobs.removeAll { $0 === job }
        let all = Verification(vault)
        check(client, job.id, job) {
            try all.advanceBeforeChange(isEnough: $0)
        } finish: { [unowned self] client in
            guard try session.use(by: job.client) === vault, let proof = job.proof.take(), let key = job.key.take()
            else {
                throw Failures.locked
            }
            let stored = job.segments(SlotWork.rekey(request).proof.segments..<request.segments)
            try vault.changeRoot(
                key, stored: stored, proof: proof, checked: all, log: session.audit, now: clock.now())
            reply(client, job.id, progress(vault).json)
        }
    }

    func rekeyStatus(_ request: Request, _ client: Client) throws {
        guard session.isOpen(for: client.token), let vault = session.vault else { throw Failures.locked }
        reply(client, request.id, progress(vault).json)
    }

    func progress(_ vault: Vault) -> RekeyProgress {
        guard let status = vault.rekeyStatus else { return RekeyProgress(phase: .none) }
        let phase: RekeyProgress.Phase =
            switch status.phase {
            case .moving: .moving
            case .renewing: .renewing
            case .checking: .checking
            }
        let stopped = rekeyFailure.map { failure in
            failure.message + (failure["where"]?.string.map { ": \($0)" } ?? "")
        }
        return RekeyProgress(phase: phase, done: Int64(status.done), rows: Int64(status.rows), stopped: stopped)
    }

    /// Whether the loop is not to wait for anything.
    var hasRekeyToDo: Bool { rekeyFailure == nil && session.isOpen && session.vault?.rekeyStatus != nil }

    /// Whether somebody who asks this would feel a large commit. Who asks for a re-encryption, or how far one is, waits for it
    /// anyway: many small commits for their sake would only make it longer, and leave earlier states without a link.
    static func hasRowsToWaitFor(_ method: Method) -> Bool {
        switch method {
        case .hello, .status, .rekey, .rekeyStatus: false
        default: true
        }
    }

    /// One slice. While others ask for something, commits are small: a reader waits for one of them at most.
    func advanceRekey() {
        guard hasRekeyToDo, let vault = session.vault else { return }
        let now = clock.nanoseconds()
        let isWanted = now < lastWanted + limits.rekeyQuiet
        let end = now + limits.rekeySlice
        do throws(VaultError) {
            _ = try vault.advanceRekey(most: isWanted ? limits.rekeyRowsWanted : limits.rekeyRows) {
                clock.nanoseconds() >= end
            }
        } catch {
            rekeyFailure = Failures.of(error)
            if case .replaced = error { session.close() }
        }
    }
}
