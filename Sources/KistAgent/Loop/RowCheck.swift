internal import KistModel
internal import KistProtocol
internal import KistVault

/// A look at every row that a client has asked for. Its next requests wait for the answer; others are served in between.
final class RowCheck {
    let client: UInt64
    /// Of the request.
    let id: Int64
    /// Goes on for a short while; says whether there is more to do.
    let slice: (_ isEnough: () -> Bool) throws -> Bool
    /// What comes after the last slice: the answer.
    let finish: (Client) throws -> Void
    /// What the log says of it already.
    let attempt: AuditEntry?
    /// What it is a part of, with keys.
    let job: UnlockJob?

    init(
        _ client: UInt64, _ id: Int64, _ attempt: AuditEntry?, _ job: UnlockJob?,
        slice: @escaping (_ isEnough: () -> Bool) throws -> Bool, finish: @escaping (Client) throws -> Void
    ) {
        self.client = client
        self.id = id
        self.attempt = attempt
        self.job = job
        self.slice = slice
        self.finish = finish
    }
}

extension Agent {
    /// Begins a look at every row on behalf of a request.
    func check(
        _ client: Client, _ id: Int64, _ job: UnlockJob? = nil,
        slice: @escaping (_ isEnough: () -> Bool) throws -> Bool, finish: @escaping (Client) throws -> Void
    ) {
        client.isBusy = true
        checks.append(RowCheck(client.token, id, job?.attempt ?? attempt, job, slice: slice, finish: finish))
    }

    /// One slice of the first one. A re-encryption waits meanwhile, so that nobody waits for two slices.
    func advanceChecks() {
        guard let check = checks.first else { return }
        let end = clock.nanoseconds() + limits.rekeySlice
        do {
            if try check.slice({ clock.nanoseconds() >= end }) { return }
            try conclude(check) { try check.finish($0) }
        } catch {
            let failure = error as? AgentFailure ?? (error as? VaultError).map(Failures.of) ?? Failures.io("\(error)")
            attempt = check.attempt
            recordRefusal(failure)
            if failure.kind == .replaced {
                session.close(entry("lock", purpose: "replaced", for: clients[check.client]))
            }
            conclude(check) { reply($0, check.id, failure) }
        }
    }

    private func conclude(_ check: RowCheck, _ answer: (Client) throws -> Void) rethrows {
        defer { checks.removeAll { $0 === check } }
        guard let client = clients[check.client] else { return }
        try answer(client)
        client.isBusy = false
        resume(client)
    }
}
