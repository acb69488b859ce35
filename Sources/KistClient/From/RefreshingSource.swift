internal import KistPosix
internal import Synchronization

/// Holds what another source gave until shortly before it expires, and asks once however many tasks wait.
///
/// ```swift
/// let provider: some CredentialProvider = .refreshing(.agent, keeping: .seconds(300))
/// ```
///
/// A credential that says nothing about its end is asked for anew after `keeping`, so a rotation is noticed. When the
/// source fails while what is held is still valid, what is held is given; *not here* and failures are never held.
/// Cancelling one of several waiting tasks ends that one's wait; the last one's ends the request.
public struct RefreshingSource: CredentialProvider {
    private let base: any CredentialProvider
    private let ahead: Duration
    private let keeping: Duration
    private let held = HeldCredentials()

    /// - Parameters:
    ///   - base: the source that is asked.
    ///   - ahead: how long before its end a credential is replaced.
    ///   - keeping: how long one is held at most.
    public init(_ base: any CredentialProvider, ahead: Duration = .seconds(60), keeping: Duration = .seconds(300)) {
        self.base = base
        self.ahead = ahead
        self.keeping = keeping
    }

    /// That of the source that is asked.
    public var sourceName: String { base.sourceName }

    /// What is held, while it is fresh, else what the source gives.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        // What for it is asked does not make it another credential.
        var key = request
        key.reason = nil
        if let fresh = held.fresh(key) { return fresh }
        let pending = Pending<Credential?>()
        held.join(key, pending) { [base, ahead, keeping, held, key] number in
            let outcome: Result<Credential?, CredentialError>
            do throws(CredentialError) { outcome = .success(try await base.credential(for: request)) } catch {
                outcome = .failure(error)
            }
            held.end(key, number, outcome, ahead: ahead, keeping: keeping)
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { pending.wait($0) }
        } onCancel: { [key] in
            pending.giveUp(CredentialError(.cancelled, source: sourceName, "the task was cancelled"))
            held.leave(key)
        }
        return try outcome.get()
    }
}

extension CredentialProvider {
    /// Holds what `base` gave until shortly before it expires, and asks once however many tasks wait.
    public static func refreshing<Base: CredentialProvider>(
        _ base: Base, ahead: Duration = .seconds(60), keeping: Duration = .seconds(300)
    ) -> RefreshingSource where Self == RefreshingSource {
        RefreshingSource(base, ahead: ahead, keeping: keeping)
    }
}

/// What is held, and what is being asked for, by request.
private final class HeldCredentials: Sendable {
    private struct Entry {
        var credential: Credential?
        /// On the clock that counts suspend: from then on it is asked for anew.
        var freshUntil: Int64 = 0
        var waiters: [Pending<Credential?>] = []
        var task: Task<Void, Never>?
        /// Which question `task` is: one that was given up may still come back, when another has been asked.
        var number: UInt64 = 0
    }

    private struct State {
        var entries: [CredentialRequest: Entry] = [:]
        /// Of the newest question.
        var number: UInt64 = 0
    }

    private let state = Mutex(State())

    func fresh(_ request: CredentialRequest) -> Credential? {
        state.withLock { state in
            guard let entry = state.entries[request], BootClock.nanoseconds < entry.freshUntil else { return nil }
            return entry.credential
        }
    }

    /// Waits with the others; the first of them has `ask` run.
    func join(
        _ request: CredentialRequest, _ waiter: Pending<Credential?>, ask: @escaping @Sendable (UInt64) async -> Void
    ) {
        state.withLock { state in
            var entry = state.entries[request] ?? Entry()
            entry.waiters.append(waiter)
            if entry.task == nil {
                state.number += 1
                entry.number = state.number
                entry.task = Task { [number = state.number] in await ask(number) }
            }
            state.entries[request] = entry
        }
    }

    /// One waiter has given up.
    func leave(_ request: CredentialRequest) {
        let abandoned = state.withLock { state -> Task<Void, Never>? in
            guard var entry = state.entries[request], entry.waiters.allSatisfy(\.isOver) else { return nil }
            entry.waiters = []
            let task = entry.task.take()
            state.entries[request] = entry.credential == nil ? nil : entry
            return task
        }
        abandoned?.cancel()
    }

    /// - Parameter number: of the question; when nobody waits for that one any more, its end is of no account.
    func end(
        _ request: CredentialRequest, _ number: UInt64, _ outcome: Result<Credential?, CredentialError>,
        ahead: Duration, keeping: Duration
    ) {
        let (waiters, given) = state.withLock { state in
            guard var entry = state.entries[request], entry.task != nil, entry.number == number else {
                return ([Pending<Credential?>](), outcome)
            }
            let waiters = entry.waiters
            var given = outcome
            switch outcome {
            case .success(let credential?):
                entry.credential = credential
                entry.freshUntil = Self.freshUntil(credential, ahead: ahead, keeping: keeping)
            case .success(nil): entry.credential = nil
            case .failure:
                // The source may be back before what is held ends.
                if let credential = entry.credential, Self.isValid(credential) { given = .success(credential) }
            }
            entry.waiters = []
            entry.task = nil
            state.entries[request] = entry.credential == nil ? nil : entry
            return (waiters, given)
        }
        for waiter in waiters { waiter.finish(given) }
    }

    private static func freshUntil(_ credential: Credential, ahead: Duration, keeping: Duration) -> Int64 {
        var span = keeping
        if let end = credential.expires {
            span = min(span, .seconds(end.secondsSince1970 - WallClock.seconds) - ahead)
        }
        return BootClock.nanoseconds + max(0, span.components.seconds) * 1_000_000_000
            + max(0, span.components.attoseconds / 1_000_000_000)
    }

    private static func isValid(_ credential: Credential) -> Bool {
        guard let end = credential.expires else { return true }
        return end.secondsSince1970 > WallClock.seconds
    }
}
