internal import KistCrypto
internal import KistPosix
internal import KistProtocol
internal import KistVault
internal import SecretMemory

extension Agent {
    func unlock(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try UnlockRequest(json: request.params)
        guard session.state(for: client.token) != .absent || session.isOpen else { throw Failures.absent }
        let most = wanted.with == .identity ? 65_536 : 4_096
        try enqueue(.unlock(wanted), request, segments, count: wanted.hasFactor ? 2 : 1, most: most, client)
    }

    func initialise(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try InitialiseRequest(json: request.params)
        guard session.state(for: client.token) == .absent else { throw Failures.vaultExists }
        try enqueue(.create(wanted), request, segments, count: 1, client)
    }

    /// - Parameters:
    ///   - count: segments that belong to the request.
    ///   - most: bytes of the first one; the others have at most 4,096.
    func enqueue(
        _ work: UnlockJob.Work, _ request: Request, _ segments: consuming SecretSegments, count: Int,
        most: Int = 4_096, _ client: Client
    ) throws {
        // A new agent is let into the folders that are there now; this one is not.
        if sandbox.isStale {
            end()
            throw Failures.retired
        }
        guard segments.count == count else { throw ShapeError("segments") }
        guard segments.lengths[0] <= most, segments.lengths.dropFirst().allSatisfy({ $0 <= 4_096 }) else {
            throw AgentFailure(.tooLarge, "the passphrase is too long")
        }
        guard jobs.count < limits.unlocks else { throw Failures.wait(limits.firstPause) }
        try throwIfPausing()
        let end = clock.nanoseconds() + limits.lockWait
        jobs.append(
            UnlockJob(
                client: client.token, id: request.id, work: work, secrets: segments, lockEnd: end))
        jobs.last?.attempt = attempt
        client.isBusy = true
    }

    private func throwIfPausing() throws(AgentFailure) {
        let left = pause.left(at: clock.nanoseconds())
        guard left == 0 else { throw Failures.wait(left) }
    }

    /// Whoever locks the vault wants it locked: no unlock that was asked for before opens it afterwards.
    func cancelUnlocks() {
        for job in jobs { job.cancel() }
        for check in checks { check.job?.cancel() }
        // Nor do the keys of a backup that comes in stay.
        for client in clients.values { dropIntake(client) }
    }

    /// Brings the first job as far as it gets, then the next one.
    func advanceUnlocks() {
        for job in jobs where job.isCancelled && job.derivation == nil {
            finish(job) { reply($0, job.id, Failures.locked) }
        }
        while let job = jobs.first {
            do {
                guard try advance(job) else { return }
            } catch let failure as AgentFailure {
                if failure.kind == .wrongKey { pause.noteWrong(at: clock.nanoseconds()) }
                recordRefusal(failure, of: job)
                session.closeIfUnused()
                finish(job) { reply($0, job.id, failure) }
            } catch {
                session.closeIfUnused()
                finish(job) { reply($0, job.id, Failures.io("\(error)")) }
            }
        }
    }

    /// - Returns: `false` when the job waits for something; `true` when it is answered.
    private func advance(_ job: UnlockJob) throws -> Bool {
        if let derivation = job.derivation {
            guard derivation.isDone else { return false }
            return try conclude(job, derivation)
        }
        try throwIfPausing()
        if case .backup(let wanted, let intake) = job.work { return try advance(job, wanted, intake) }
        guard try takeLock(for: job) else { return false }
        switch job.work {
        case .create(let request):
            guard clients[job.client] != nil else { throw Failures.locked }
            let standard = Argon2Cost.recommended()
            let cost = Argon2Cost(
                passes: UInt32(clamping: request.passes ?? Int64(standard.passes)),
                memory: UInt32(clamping: request.memory ?? Int64(standard.memory)))
            return try derive(job, .make(cost: cost))
        case .backup: return true
        case .slot(let work): return try prove(work, job)
        case .unlock(let request) where request.with == .passphrase:
            try take(try session.challenges(), hasFactor: request.hasFactor, job)
            return try derive(job, job.slots.removeFirst())
        case .unlock(let request):
            let result = try session.unlock(with: try opener(request.with, job), request, for: job.client)
            answerUnlock(job, result)
            return true
        }
    }

    /// Puts the slots that a passphrase is tried with on the job's list: with a second factor those first that want one.
    func take(_ challenges: [SlotChallenge], hasFactor: Bool, _ job: UnlockJob) throws(AgentFailure) {
        let plain = challenges.filter { !$0.needsFactor }
        job.slots = hasFactor ? challenges.filter(\.needsFactor) + plain : plain
        guard job.slots.isEmpty else { return }
        throw challenges.isEmpty ? Failures.wrongKey : Failures.factor
    }

    /// What a request brought instead of a passphrase.
    func opener(_ means: KeyMeans, _ job: UnlockJob) throws(AgentFailure) -> Opener {
        do throws(VaultError) {
            switch means {
            case .recovery: return try .recovery(text: job.secret(0))
            case .key: return try .stored(bytes: job.secret(0))
            case .identity: return try .identity(text: job.secret(0))
            case .passphrase: throw VaultError.wrongKey
            }
        } catch { throw Failures.of(error) }
    }

    private func answerUnlock(_ job: UnlockJob, _ result: UnlockResult) {
        pause.noteRight()
        noteOpened()
        finish(job) { reply($0, job.id, result.json) }
    }

    /// - Returns: `false` while another agent has the vault and there is time left to wait for it.
    func takeLock(for job: UnlockJob) throws -> Bool {
        do {
            if job.makesVault, let folder = Folder.parent(of: options.vault) {
                try Folder.make(folder)
                sandbox.narrow()
            }
            try session.takeLock()
            return true
        } catch VaultLock.Failure.held(let who) {
            guard clock.nanoseconds() >= job.lockEnd else { return false }
            throw Failures.holder(who)
        } catch let failure as VaultLock.Failure { throw Failures.of(failure) } catch let error as PosixError {
            throw Failures.of(errno: error.code, "\(error)")
        }
    }

    /// - Returns: always `false`: the answer comes when the thread is done.
    ///
    /// - Parameter segment: the passphrase; the one after it is its second factor.
    func derive(_ job: UnlockJob, _ challenge: SlotChallenge, segment: Int = 0) throws(PosixError) -> Bool {
        let factor = challenge.needsFactor ? job.secret(segment + 1) : SecretBytes(count: 0) { _ in }
        let derivation = Derivation(job.secret(segment), factor: factor, challenge, wakeup)
        try derivation.start()
        job.derivation = derivation
        return false
    }

    private func conclude(_ job: UnlockJob, _ derivation: Derivation) throws -> Bool {
        guard !job.isCancelled else { throw Failures.locked }
        // Nobody is there to have a lease or a recovery code, or to see an answer.
        guard let client = clients[job.client], !clientIsGone(client) else { throw Failures.locked }
        if case .backup(let wanted, let intake) = job.work { return try conclude(job, derivation, wanted, intake) }
        if case .slot(let work) = job.work { return try conclude(work, job, derivation) }
        // The vault may have been closed while the key was made, and its lock be another agent's by now.
        do { try session.takeLock() } catch { throw Failures.of(error) }
        let isNew = if case .create = job.work { true } else { false }
        let key: SlotKey?
        do throws(Argon2Error) { key = try derivation.takeKey() } catch {
            let failure = Failures.of(error, isNew: isNew)
            guard !isNew else { throw failure }
            return try tryNext(job, after: failure)
        }
        guard let key else { throw Failures.io("the key was taken already") }
        switch job.work {
        case .slot: return true
        case .create:
            let cost = derivation.challenge.cost
            let code = SecretSegments(try session.create(key, for: job.client))
            let result = InitialiseResult(
                fingerprint: session.vault?.fingerprint.description ?? "", passes: Int64(cost.passes),
                memory: Int64(cost.memory))
            noteOpened()
            finish(job) { client in
                reply(client, code) { Response(id: job.id, .result(result.json)).json.encode(into: &$0) }
            }
            return true
        case .backup: return true
        case .unlock(let request):
            do throws(AgentFailure) {
                answerUnlock(job, try session.unlock(with: Opener.passphrase(key), request, for: job.client))
                return true
            } catch { return try tryNext(job, after: error) }
        }
    }

    /// The passphrase was not this slot's, or the slot costs more than this machine allows: another one may be meant.
    ///
    /// - Returns: always `false`, as `derive`.
    func tryNext(_ job: UnlockJob, after failure: AgentFailure) throws -> Bool {
        if failure.kind == .wrongKey, try restart(job) { return false }
        switch failure.kind {
        case .wrongKey: job.wasWrong = true
        case .tooLarge: job.tooDear = failure
        default: throw failure
        }
        guard job.slots.isEmpty else { return try derive(job, job.slots.removeFirst()) }
        guard let tooDear = job.tooDear else { throw failure }
        // Nobody guesses faster because of a slot that cannot be tried here.
        if job.wasWrong { pause.noteWrong(at: clock.nanoseconds()) }
        throw tooDear
    }

    /// Begins anew with the slots that there are now: a passphrase is not wrong because the vault got another root, or its slot
    /// another salt, while its key was made.
    ///
    /// - Returns: `false` when the slot is still there.
    private func restart(_ job: UnlockJob) throws -> Bool {
        guard job.restarts < Self.mostRestarts, let tried = job.derivation?.challenge else { return false }
        let present: [SlotChallenge]
        let hasFactor: Bool
        switch job.work {
        case .unlock(let request): (present, hasFactor) = (try session.challenges(), request.hasFactor)
        case .slot(let work):
            (present, hasFactor) = (try session.use(by: job.client).challenges, work.proof.hasFactor)
        default: return false
        }
        guard !present.contains(tried) else { return false }
        job.restarts += 1
        job.wasWrong = false
        try take(present, hasFactor: hasFactor, job)
        _ = try derive(job, job.slots.removeFirst())
        return true
    }

    private static let mostRestarts = 3

    /// Takes the job off the queue, answers its client and lets it go on.
    func finish(_ job: UnlockJob, _ answer: (Client) -> Void) {
        jobs.removeAll { $0 === job }
        guard let client = clients[job.client] else { return }
        client.isBusy = false
        answer(client)
        resume(client)
    }
}
