internal import KistModel
internal import KistProtocol
internal import KistVault
internal import SecretMemory

/// One request that needs a key, from its arrival to its answer.
final class UnlockJob {
    enum Work {
        case unlock(UnlockRequest)
        case create(InitialiseRequest)
        case slot(SlotWork)
        /// Opens a slot of a backup.
        case backup(BackupOpenRequest, BackupIntake)
    }

    /// Whether there need be no vault yet, nor a folder for one.
    var makesVault: Bool {
        switch work {
        case .create: true
        case .backup(let request, _): request.purpose == .restore
        default: false
        }
    }

    let client: UInt64
    let id: Int64
    let work: Work
    /// As they came with the request; wiped with the job.
    private(set) var secrets: SecretSegments
    /// Until when it waits for another agent to let go of the vault.
    let lockEnd: Int64
    /// What the log says of it already; `nil` when it says something only at the end.
    var attempt: AuditEntry?
    /// Slots that are still to be tried, after the present one.
    var slots: [SlotChallenge] = []
    /// How often the slots were others by the time that a key was made.
    var restarts = 0
    /// One of those that were tried was another passphrase's.
    var wasWrong = false
    /// Why one of them could not be tried.
    var tooDear: AgentFailure?
    var derivation: Derivation?
    /// What proved that a slot may be changed.
    var proof: Opener?
    /// What a change of the root is made with, after every row was looked at.
    var key: SlotKey?
    /// Someone has locked the vault meanwhile: it stays closed.
    private(set) var isCancelled = false

    init(client: UInt64, id: Int64, work: Work, secrets: consuming SecretSegments, lockEnd: Int64) {
        self.client = client
        self.id = id
        self.work = work
        self.secrets = secrets
        self.lockEnd = lockEnd
    }

    /// Wipes its secret; a derivation that runs comes to its end, and its key is thrown away.
    func cancel() {
        isCancelled = true
        secrets = SecretSegments()
        proof = nil
        key = nil
    }

    /// A copy of some segments, as far as there are any.
    func segments(_ range: Range<Int>) -> SecretSegments {
        range.upperBound <= secrets.count ? secrets.slice(range) : SecretSegments()
    }

    /// A copy of one segment, or no bytes when the request has no such segment.
    func secret(_ index: Int) -> SecretBytes {
        index < secrets.count ? secrets.segment(index) : SecretBytes(count: 0) { _ in }
    }
}
