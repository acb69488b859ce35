internal import KistCrypto
internal import KistPosix
internal import KistProtocol
internal import KistVault
internal import SecretMemory

extension Agent {
    /// The slots; for whom the vault is not open, what stands in the clear.
    func slots(_ request: Request, _ client: Client) throws {
        let facts: [SlotFacts]
        if session.isOpen(for: client.token) {
            facts = try vault(for: client) { (vault) throws(VaultError) in try vault.slots() }
        } else if let vault = session.vault, session.isOpen {
            facts = vault.publicSlots
        } else {
            guard session.state(for: client.token) != .absent else { throw Failures.absent }
            if sandbox.isStale {
                end()
                throw Failures.retired
            }
            // An unlock in work keeps what it has read.
            defer { if jobs.isEmpty { session.closeIfUnused() } }
            do { try session.takeLock() } catch { throw Failures.of(error) }
            facts = try session.publicSlots()
        }
        let result = SlotsResult(items: facts.map(\.summary), isFirst: isFirstOfSession)
        reply(client, request.id, result.json)
    }

    func changeSlots(
        _ method: Method, _ request: Request, _ segments: consuming SecretSegments, _ client: Client
    ) throws {
        let vault = try session.use(by: client.token)
        let work = try slotWork(method, request.params, vault)
        let most = work.proof.with == .identity ? 65_536 : 4_096
        try enqueue(.slot(work), request, segments, count: work.segments, most: most, client)
    }

    private func slotWork(_ method: Method, _ params: JSONValue, _ vault: Vault) throws -> SlotWork {
        switch method {
        case .slotAdd: return .add(try SlotAddRequest(json: params))
        case .slotChange:
            let request = try SlotChangeRequest(json: params)
            guard let slot = vault.publicSlots.first(where: { $0.hexID == request.slot }) else { throw Failures.noSlot }
            let kind = slot.sort.kind
            guard !request.wish.hasFactor || kind == .passphrase else { throw ShapeError("factor") }
            guard (request.wish.recipient != nil) == (request.renew && kind == .recipient) else {
                throw ShapeError("recipient")
            }
            return .change(request, slot.id, kind)
        default:
            let request = try SlotTargetRequest(json: params)
            let slot = vault.publicSlots.first { $0.hexID == request.slot }
            guard request.slot == nil || slot != nil else { throw Failures.noSlot }
            if method == .slotTest { return .test(slot?.id, request.proof) }
            guard let slot else { throw ShapeError("slot") }
            return .remove(slot.id, request.proof)
        }
    }

    /// The first step: the proof, at once or by a derivation.
    ///
    /// - Returns: as `advance`.
    func prove(_ work: SlotWork, _ job: UnlockJob) throws -> Bool {
        let vault = try session.use(by: job.client)
        if work.proof.with == .passphrase {
            try take(vault.challenges, hasFactor: work.proof.hasFactor, job)
            return try derive(job, job.slots.removeFirst())
        }
        return try proceed(work, job, vault, provedBy: try opener(work.proof.with, job))
    }

    /// After each derivation: of a passphrase that proves, then of one that is new.
    func conclude(_ work: SlotWork, _ job: UnlockJob, _ derivation: Derivation) throws -> Bool {
        let vault = try session.use(by: job.client)
        let isNew = job.proof != nil
        let key: SlotKey?
        do throws(Argon2Error) { key = try derivation.takeKey() } catch {
            let failure = Failures.of(error, isNew: isNew)
            guard !isNew else { throw failure }
            return try tryNext(job, after: failure)
        }
        guard let key else { throw Failures.io("the key was taken already") }
        if isNew, case .rekey(let request) = work {
            try changeRoot(request, job, vault, key)
            return true
        }
        if let proof = job.proof.take() {
            try apply(work, job, vault, proof, .passphrase(key))
            return true
        }
        do {
            return try proceed(work, job, vault, provedBy: .passphrase(key))
        } catch let failure as AgentFailure {
            return try tryNext(job, after: failure)
        }
    }

    /// The second step: what the new slot is made from, at once or by a derivation.
    private func proceed(
        _ work: SlotWork, _ job: UnlockJob, _ vault: Vault, provedBy proof: consuming Opener
    ) throws -> Bool {
        do { _ = try vault.slot(provedBy: proof) } catch { throw Failures.of(error) }
        pause.noteRight()
        let next = work.proof.segments
        switch work {
        case .add(let request) where request.kind == .passphrase:
            let challenge = challenge(request.wish, nil)
            job.proof = consume proof
            return try derive(job, challenge, segment: next)
        case .change(let request, let id, .passphrase) where request.renew:
            let challenge = challenge(request.wish, id)
            job.proof = consume proof
            return try derive(job, challenge, segment: next)
        case .rekey(let request):
            // The same passphrase with a salt of its own: the key that opened the former slot opens nothing any more.
            let wish = SlotWish(
                hasFactor: work.proof.hasFactor, passes: request.passes, memory: request.memory)
            let challenge = challenge(wish, nil)
            job.proof = consume proof
            return try derive(job, challenge)
        case .add(let request):
            try apply(work, job, vault, proof, try material(request.kind, request.wish.recipient, job.secret(next)))
        case .change(let request, _, let kind) where request.renew:
            try apply(work, job, vault, proof, try material(kind, request.wish.recipient, job.secret(next)))
        case .change, .remove, .test:
            try apply(work, job, vault, proof, nil)
        }
        return true
    }

    private func challenge(_ wish: SlotWish, _ slot: [UInt8]?) -> SlotChallenge {
        let standard = Argon2Cost.recommended()
        let cost = Argon2Cost(
            passes: UInt32(clamping: wish.passes ?? Int64(standard.passes)),
            memory: UInt32(clamping: wish.memory ?? Int64(standard.memory)))
        return .make(cost: cost, slot: slot, needsFactor: wish.hasFactor)
    }

    private func material(
        _ kind: SlotKind, _ recipient: String?, _ key: consuming SecretBytes
    ) throws(AgentFailure) -> SlotMaterial {
        switch kind {
        case .recovery:
            guard let code = RecoveryCode.decode(key) else { throw .invalid("recovery code") }
            return .recovery(code)
        case .recipient:
            guard let recipient = recipient.flatMap({ Recipient($0) }) else { throw .invalid("recipient") }
            return .recipient(recipient)
        case .keyring, .keyFile, .credential: return .stored(KeptKey(kind.sort, key))
        case .passphrase: throw .invalid("kind")
        }
    }

    /// The last step: the transaction and the answer.
    private func apply(
        _ work: SlotWork, _ job: UnlockJob, _ vault: Vault, _ proof: borrowing Opener,
        _ material: consuming SlotMaterial?
    ) throws(AgentFailure) {
        let now = clock.now()
        do throws(VaultError) {
            switch work {
            case .add(let request):
                guard let material else { throw .invalid("segments") }
                let slot = try vault.addSlot(material, label: request.wish.label ?? "", proof: proof, now: now)
                answer(job, work, slot, isNewKey: true)
            case .change(let request, let id, _):
                let slot = try vault.changeSlot(id, label: request.wish.label, material, proof: proof, now: now)
                answer(job, work, slot, isNewKey: request.renew)
            case .rekey: throw .invalid("segments")
            case .remove(let id, _):
                try vault.removeSlot(id, proof: proof, now: now)
                finish(job) { reply($0, job.id, .empty) }
            case .test(let id, _):
                let slot = try vault.testSlot(id, proof, now: now)
                finish(job) { reply($0, job.id, SlotResult(slot: slot.summary).json) }
            }
        } catch { throw Failures.of(error) }
    }

    private func answer(_ job: UnlockJob, _ work: SlotWork, _ slot: SlotFacts, isNewKey: Bool) {
        // What is written from now on can be proved with the new code.
        if isNewKey, slot.sort == .recovery {
            session.renewAudit(
                code: job.secret(work.proof.segments), who: clients[job.client].map(who) ?? .agent)
        }
        finish(job) { reply($0, job.id, SlotResult(slot: slot.summary).json) }
    }

    // MARK: Once in a session

    /// Whether nobody has opened the vault, or wanted it locked, since this user's session began. An agent cannot know that
    /// without a runtime folder, nor where it could not write that down for the next one.
    private var isFirstOfSession: Bool {
        guard !hasOpened, let runtime = options.runtime else { return false }
        let mark = AgentPlace.opened(inRuntime: runtime, vault: options.vault)
        guard (try? FileStatus(of: mark)) == nil else { return false }
        do throws(PosixError) {
            try File.replace(mark + ".tried", with: [])
            try Folder.removeFile(mark + ".tried")
            return true
        } catch { return false }
    }

    /// From now on a keyring opens the vault only when it is asked to.
    func noteOpened() {
        hasOpened = true
        guard let runtime = options.runtime else { return }
        try? File.replace(AgentPlace.opened(inRuntime: runtime, vault: options.vault), with: [])
    }
}
