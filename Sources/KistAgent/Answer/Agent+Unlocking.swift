internal import KistCrypto
internal import KistPosix
internal import KistProtocol
internal import KistVault
internal import SecretMemory

extension Agent {
    func unlock(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try UnlockRequest(json: request.params)
        guard session.state(for: client.token) != .absent || session.isOpen else { throw Failures.absent }
        try enqueue(.unlock(wanted), request, segments, client)
    }

    func initialise(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try InitialiseRequest(json: request.params)
        guard session.state(for: client.token) == .absent else { throw Failures.vaultExists }
        try enqueue(.create(wanted), request, segments, client)
    }

    func enqueue(
        _ work: UnlockJob.Work, _ request: Request, _ segments: consuming SecretSegments, _ client: Client
    ) throws {
        // A new agent is let into the folders that are there now; this one is not.
        if sandbox.isStale {
            end()
            throw Failures.retired
        }
        guard segments.count == 1 else { throw ShapeError("segments") }
        guard segments.bytes.count <= 4_096 else { throw AgentFailure(.tooLarge, "the passphrase is too long") }
        guard jobs.count < limits.unlocks else { throw Failures.wait(limits.firstPause) }
        try throwIfPausing()
        let end = clock.nanoseconds() + limits.lockWait
        jobs.append(
            UnlockJob(
                client: client.token, id: request.id, work: work, secret: segments.takeBytes(), lockEnd: end))
        client.isBusy = true
    }

    private func throwIfPausing() throws(AgentFailure) {
        let left = pause.left(at: clock.nanoseconds())
        guard left == 0 else { throw Failures.wait(left) }
    }

    /// Whoever locks the vault wants it locked: no unlock that was asked for before opens it afterwards.
    func cancelUnlocks() {
        for job in jobs { job.cancel() }
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
        case .unlock(let request) where request.with == .recovery:
            let result = try session.unlock(recoveryCode: job.secret, request, for: job.client)
            pause.noteRight()
            finish(job) { reply($0, job.id, result.json) }
            return true
        case .unlock(let request) where request.with != .passphrase:
            throw AgentFailure(.invalid, "that way in is not known yet")
        case .backup: return true
        case .unlock:
            job.slots = try session.challenges()
            guard !job.slots.isEmpty else { throw Failures.wrongKey }
            return try derive(job, job.slots.removeFirst())
        }
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
    func derive(_ job: UnlockJob, _ challenge: SlotChallenge) throws(PosixError) -> Bool {
        let derivation = Derivation(job.secret.copy(), challenge, wakeup)
        try derivation.start()
        job.derivation = derivation
        return false
    }

    private func conclude(_ job: UnlockJob, _ derivation: Derivation) throws -> Bool {
        guard !job.isCancelled else { throw Failures.locked }
        // Nobody is there to have a lease or a recovery code, or to see an answer.
        guard let client = clients[job.client], !clientIsGone(client) else { throw Failures.locked }
        if case .backup(let wanted, let intake) = job.work { return try conclude(job, derivation, wanted, intake) }
        // The vault may have been closed while the key was made, and its lock be another agent's by now.
        do { try session.takeLock() } catch { throw Failures.of(error) }
        let isNew = if case .create = job.work { true } else { false }
        let key: SlotKey?
        do throws(Argon2Error) { key = try derivation.takeKey() } catch { throw Failures.of(error, isNew: isNew) }
        guard let key else { throw Failures.io("the key was taken already") }
        switch job.work {
        case .create:
            let cost = derivation.challenge.cost
            let code = SecretSegments(try session.create(key, for: job.client))
            let result = InitialiseResult(
                fingerprint: session.vault?.fingerprint.description ?? "", passes: Int64(cost.passes),
                memory: Int64(cost.memory))
            finish(job) { client in
                reply(client, code) { Response(id: job.id, .result(result.json)).json.encode(into: &$0) }
            }
            return true
        case .backup: return true
        case .unlock(let request):
            do throws(AgentFailure) {
                let result = try session.unlock(with: key, request, for: job.client)
                pause.noteRight()
                finish(job) { reply($0, job.id, result.json) }
                return true
            } catch {
                guard error.kind == .wrongKey, !job.slots.isEmpty else { throw error }
                return try derive(job, job.slots.removeFirst())
            }
        }
    }

    /// Takes the job off the queue, answers its client and lets it go on.
    func finish(_ job: UnlockJob, _ answer: (Client) -> Void) {
        jobs.removeAll { $0 === job }
        guard let client = clients[job.client] else { return }
        client.isBusy = false
        answer(client)
        resume(client)
    }
}
