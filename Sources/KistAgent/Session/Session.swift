internal import KistCrypto
internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import KistStore
internal import KistVault
internal import SecretMemory

/// The vault of this agent: closed, or open with the keys in locked memory for a while or for some connections.
final class Session {
    let path: String
    let stores: StoreFactory
    let limits: Limits
    let clock: AgentClock
    let anchors: any AnchorStore
    /// The anchor as it was before the vault's file was opened.
    private var seen: AnchorReadFirst?
    /// What the lock file says while this agent has the vault.
    private let rendezvous: Rendezvous

    /// The open vault's log; `nil` also where it cannot be written.
    var audit: AuditLog?
    /// Why the log could not be written last.
    var auditFailure: AuditStoreError?
    /// Entries that nobody could write down while there was no log, or that it could not say before it was closed.
    var missed: UInt32 = 0
    /// When entries have to be durable that are not yet.
    var auditDue: Int64?
    /// What this machine saw last of the log.
    let auditSeen: any AnchorStore
    /// Called with the connection for which the vault was opened, how, and the recovery code when there is a new one.
    var onOpen: (_ client: UInt64, _ how: String, _ code: borrowing SecretBytes) -> Void = { _, _, _ in }

    /// Called after the keys of an open vault are gone.
    var onClose: () -> Void = {}

    private var lock: VaultLock?
    private(set) var store: (any RecordStore)?
    /// A restore that is in work, at most one.
    var restoring: Restoring?
    private(set) var vault: Vault?
    /// For everyone; `nil` when the vault is closed or open only for leases.
    private var general: Lifetime?
    /// Connections that opened it for themselves alone, and until when at most.
    private var leases: [UInt64: Lifetime] = [:]
    /// What follows from credentials for a while.
    let kept = KeptValues()

    init(
        path: String, stores: StoreFactory, anchors: any AnchorStore, auditSeen: any AnchorStore,
        rendezvous: Rendezvous, limits: Limits, clock: AgentClock
    ) {
        self.path = path
        self.stores = stores
        self.anchors = anchors
        self.auditSeen = auditSeen
        self.rendezvous = rendezvous
        self.limits = limits
        self.clock = clock
    }

    /// What `client` may know of the vault now.
    func state(for client: UInt64) -> VaultState {
        if isOpen(for: client) { return .unlocked }
        guard let status = try? FileStatus(of: path, followingLinks: true), status.size > 0 else {
            return RestorePlace(vault: path).isBetween ? .locked : .absent
        }
        return .locked
    }

    func isOpen(for client: UInt64) -> Bool { isOpen && (general != nil || leases[client] != nil) }

    /// A vault locks itself after a write of which nobody knows whether it reached the file.
    var isOpen: Bool { vault?.isUnlocked == true }

    /// The vault for a request of `client`, which counts as use.
    func use(by client: UInt64) throws(AgentFailure) -> Vault {
        guard let vault, isOpen(for: client) else {
            if state(for: client) == .absent { throw Failures.absent }
            throw Failures.locked
        }
        let now = clock.nanoseconds()
        general?.noteUse(at: now)
        leases[client]?.noteUse(at: now)
        return vault
    }

    /// When the next lifetime ends; `nil` while the vault is closed.
    var end: Int64? { ([general].compactMap { $0 } + leases.values).map(\.end).min() }

    /// Seconds left for `client`, idle and in any case.
    func left(for client: UInt64) -> (idle: Int64, maximum: Int64)? {
        guard isOpen, let lifetime = general ?? leases[client] else { return nil }
        let now = clock.nanoseconds()
        return (lifetime.idleLeft(at: now), lifetime.maximumLeft(at: now))
    }

    /// Locks what has come to its end. Called before every request, and by the timer.
    func expire() {
        guard vault != nil else { return }
        guard isOpen else { return close() }
        let now = clock.nanoseconds()
        if let end = general?.end, end <= now { general = nil }
        if !leases.isEmpty { leases = leases.filter { $0.value.end > now } }
        closeIfUnused()
    }

    /// The connection is gone, and its lease with it.
    func drop(_ client: UInt64) {
        if restoring?.client == client { endRestoring() }
        guard leases.removeValue(forKey: client) != nil else { return }
        closeIfUnused()
    }

    /// Wipes the keys, closes the store and lets others have the file.
    ///
    /// - Parameter last: what the log says about it.
    func close(_ last: AuditEntry? = nil) {
        restoring?.abandon()
        restoring = nil
        closeVault(last)
        lock = nil
    }

    /// As `close`, but the file stays ours.
    func closeVault(_ last: AuditEntry? = nil) {
        let wasOpen = vault != nil
        if wasOpen { closeAudit(last ?? AuditEntry(verb: "lock", purpose: "idle", who: .agent, when: clock.now())) }
        general = nil
        leases = [:]
        vault?.lock()
        vault = nil
        store?.close()
        store = nil
        seen = nil
        kept.forget()
        if wasOpen { onClose() }
    }

    /// Closes what an unlock that failed left open.
    func closeIfUnused() {
        guard general == nil, leases.isEmpty else { return }
        closeVault()
        if restoring == nil { lock = nil }
    }

    // MARK: Opening

    /// Takes the vault's lock, if this agent does not have it.
    func takeLock() throws(VaultLock.Failure) {
        guard lock == nil else { return }
        lock = try VaultLock.take(path, rendezvous)
        // What a restore that was killed has left.
        RestorePlace(vault: path).clean()
    }

    var hasLock: Bool { lock != nil }

    /// What the passphrase slots ask.
    ///
    /// - Precondition: the lock is held.
    func challenges() throws(AgentFailure) -> [SlotChallenge] {
        seen = AnchorReadFirst(anchors)
        return try candidate().challenges
    }

    /// What stands in the clear about the ways in.
    ///
    /// - Precondition: the lock is held.
    func publicSlots() throws(AgentFailure) -> [SlotFacts] {
        seen = AnchorReadFirst(anchors)
        return try candidate().publicSlots
    }

    /// Tries a key. The vault that is open stays open and as it was when the key is wrong.
    func unlock(
        with opener: borrowing Opener, _ request: UnlockRequest, for client: UInt64
    ) throws(AgentFailure) -> UnlockResult {
        if let kept = request.kept {
            if seen == nil { seen = AnchorReadFirst(anchors) }
            seen?.fallBack(on: kept)
        }
        let next = try candidate()
        do {
            _ = try next.unlock(
                with: opener, expecting: request.expected, accepting: request.acceptance, now: clock.now())
        } catch { throw Failures.of(error) }
        return adopt(next, request, client)
    }

    /// - Returns: the recovery code.
    func create(_ key: consuming SlotKey, for client: UInt64) throws(AgentFailure) -> SecretBytes {
        guard hasLock else { throw Failures.holder(nil) }
        do {
            let made: any RecordStore
            do { made = WatchedStore(try stores.create(path)) } catch { throw Failures.of(error) }
            let created = try Vault.create(in: made, anchors: anchors, slotKey: key, now: clock.now())
            store = made
            vault = created.vault
            general = Lifetime(idle: limits.idle, maximum: limits.maximum, now: clock.nanoseconds())
            onOpen(client, "init", created.recoveryCode)
            return created.takeRecoveryCode()
        } catch let failure as AgentFailure { throw failure } catch let error as VaultError {
            throw Failures.of(error)
        } catch { throw Failures.io("\(error)") }
    }

    /// A vault that is read anew and not yet unlocked.
    private func candidate() throws(AgentFailure) -> Vault {
        guard lock != nil else { throw Failures.holder(nil) }
        let anchors = seen ?? AnchorReadFirst(anchors)
        do {
            if store == nil { store = WatchedStore(try stores.open(path)) }
        } catch { throw Failures.of(error) }
        guard let store else { throw Failures.absent }
        do { return try Vault.open(store, anchors: anchors) } catch { throw Failures.of(error) }
    }

    private func adopt(_ next: Vault, _ request: UnlockRequest, _ client: UInt64) -> UnlockResult {
        seen = nil
        if vault?.takeOver(next) != true { vault = next }
        let now = clock.nanoseconds()
        let lifetime =
            request.seconds.map { Lifetime(idle: .seconds($0), maximum: .seconds($0), now: now) }
            ?? Lifetime(idle: limits.idle, maximum: limits.maximum, now: now)
        if request.isLease {
            if general == nil { leases[client] = lifetime }
        } else {
            general = lifetime
        }
        onOpen(client, request.with.rawValue, SecretBytes(count: 0) { _ in })
        let left = left(for: client) ?? (0, 0)
        let slot = next.publicSlots.first { $0.id == next.openedBy }
        return UnlockResult(
            idle: left.idle, maximum: left.maximum, slot: slot?.hexID, kind: slot?.sort.kind,
            renewRecovery: next.needsNewRecovery, generation: next.generation)
    }
}

extension UnlockRequest {
    var acceptance: Acceptance {
        var acceptance: Acceptance = []
        if acceptOlder { acceptance.insert(.olderCopy) }
        if acceptFork { acceptance.insert(.fork) }
        return acceptance
    }
}
