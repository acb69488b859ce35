internal import KistCrypto
internal import KistPosix
internal import KistProtocol
internal import KistStore
internal import KistVault
internal import SecretMemory

/// Backups out and in, as bytes: no path of a client's is ever opened here.
extension Agent {
    /// Streams the vault as it is now, one piece per turn, so that others are served in between.
    func backup(_ request: Request, _ client: Client) throws {
        let now = clock.now()
        let source = try vault(for: client) { (vault) throws(VaultError) in try vault.backup(now: now) }
        let id = request.id
        client.takesTurns = true
        client.producer = { [unowned self, unowned client] in
            do throws(AgentFailure) {
                _ = try session.use(by: client.token)
                guard let piece = try Self.next(source) else {
                    reply(client, id, BackupSummary(source.facts).json)
                    client.takesTurns = false
                    return false
                }
                let progress = BackupProgress(rows: UInt64(source.rows), done: UInt64(source.rowsDone)).json
                guard case .object(let members) = progress else { return false }
                let segments = SecretSegments(SecretBytes(copyingExposed: piece))
                let result = JSONValue.object(members + [JSONMember("more", true)])
                reply(client, segments) { Response(id: id, .result(result)).json.encode(into: &$0) }
                return true
            } catch {
                client.takesTurns = false
                reply(client, id, error)
                return false
            }
        }
    }

    private static func next(_ source: BackupSource) throws(AgentFailure) -> [UInt8]? {
        do { return try source.next() } catch { throw Failures.of(error) }
    }

    func backupOpen(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try BackupOpenRequest(json: request.params)
        guard segments.count == wanted.segments else { throw ShapeError("segments") }
        dropIntake(client)
        let intake = try segments.withSegment(segments.count - 1) { (first) throws(AgentFailure) in
            do throws(VaultError) { return try BackupIntake(first) } catch { throw Failures.of(error) }
        }
        if wanted.purpose == .restore { try session.checkPlace(replacing: wanted.isReplacing) }
        guard wanted.proof != nil else {
            let open = try session.use(by: client.token)
            do throws(VaultError) { try intake.unlock(as: open) } catch { throw Failures.of(error) }
            return reply(client, request.id, try begin(intake, wanted, client).json)
        }
        let proof = segments.slice(0..<segments.count - 1)
        let most = wanted.proof?.with == .identity ? 65_536 : 4_096
        let count = proof.count
        try enqueue(.backup(wanted, intake), request, proof, count: count, most: most, client)
    }

    /// Lets a backup that was opened come in.
    func begin(
        _ intake: BackupIntake, _ wanted: BackupOpenRequest, _ client: Client
    ) throws(AgentFailure) -> BackupProgress {
        let restoring =
            wanted.purpose == .restore
            ? try session.beginRestoring(by: client.token, replacing: wanted.isReplacing) : nil
        client.intake = Intake(intake, restoring, now: clock.nanoseconds(), limits)
        do throws(VaultError) { try intake.begin(into: restoring?.store) } catch {
            dropIntake(client)
            throw Failures.of(error)
        }
        return BackupProgress(rows: UInt64(intake.rows ?? 0), done: UInt64(intake.rowsDone))
    }

    func backupPart(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        // One without bytes would only win time.
        guard segments.count == 1, segments.lengths[0] > 0 else { throw ShapeError("segments") }
        let intake = try intake(of: client)
        do {
            try segments.withSegment(0) { (bytes) throws(VaultError) in try intake.backup.feed(bytes) }
        } catch {
            dropIntake(client)
            throw Failures.of(error)
        }
        intake.noteProgress(at: clock.nanoseconds())
        let progress = BackupProgress(
            rows: UInt64(intake.backup.rows ?? 0), done: UInt64(intake.backup.rowsDone))
        reply(client, request.id, progress.json)
    }

    func backupEnd(_ request: Request, _ client: Client) throws {
        let intake = try intake(of: client)
        let done: (facts: BackupFacts, built: RestoredVault?)
        let displaces = intake.restoring != nil && session.isPlaceTaken
        do throws(VaultError) { done = try intake.backup.finish(displacing: displaces) } catch {
            dropIntake(client)
            throw Failures.of(error)
        }
        guard let built = done.built else {
            dropIntake(client)
            return reply(client, request.id, BackupSummary(done.facts).json)
        }
        intake.noteProgress(at: clock.nanoseconds())
        check(client, request.id) { [unowned self, unowned client] isEnough in
            guard client.intake != nil else { throw Failures.locked }
            _ = try self.intake(of: client)
            do { return try built.advance(isEnough: isEnough) } catch {
                dropIntake(client)
                throw error
            }
        } finish: { [unowned self] client in
            defer { dropIntake(client) }
            let anchor = try built.finish()
            // Somebody may have made a vault there meanwhile.
            guard session.isPlaceTaken == displaces else { throw Failures.vaultExists }
            intake.isWhole = true
            var summary = BackupSummary(done.facts)
            summary.aside = try session.placeRestored(anchor, now: clock.now())
            reply(client, request.id, summary.json)
        }
    }

    /// The backup that this client hands over; its place must still be its own.
    private func intake(of client: Client) throws(AgentFailure) -> Intake {
        guard let intake = client.intake else { throw AgentFailure.invalid("no backup was opened") }
        // The timer closes the connection as well; a part that comes in the same turn does not come first.
        guard clock.nanoseconds() < intake.end else {
            dropIntake(client)
            throw Failures.locked
        }
        guard intake.restoring == nil || intake.restoring === session.restoring else {
            client.intake = nil
            throw Failures.locked
        }
        return intake
    }

    /// Forgets a backup that was coming in, and what was built of it.
    func dropIntake(_ client: Client) {
        guard let intake = client.intake else { return }
        client.intake = nil
        if let restoring = intake.restoring, restoring === session.restoring { session.endRestoring() }
    }
}

/// A backup that comes in on one connection.
final class Intake {
    let backup: BackupIntake
    /// What it is built into; `nil` when it is only checked.
    let restoring: Restoring?
    /// Until when its next part must come.
    private(set) var end: Int64
    /// Until when it must be whole, however steadily its parts come.
    private let last: Int64
    private let span: Int64
    /// It is about to take the vault's place, and outlives the closing of the vault that was there.
    var isWhole = false

    init(_ backup: BackupIntake, _ restoring: Restoring?, now: Int64, _ limits: Limits) {
        self.backup = backup
        self.restoring = restoring
        span = limits.batch
        last = now + limits.intake
        end = min(now + span, last)
    }

    func noteProgress(at now: Int64) { end = min(now + span, last) }
}

extension BackupSummary {
    init(_ facts: BackupFacts) {
        self.init(
            fingerprint: facts.fingerprint.description, made: facts.made, generation: facts.generation,
            credentials: UInt64(facts.credentials), rows: UInt64(facts.rows))
    }
}
