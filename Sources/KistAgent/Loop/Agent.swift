internal import KistModel
package import KistPosix
internal import KistProtocol
internal import KistStore
internal import KistVault
internal import SecretMemory

/// One vault's agent: a loop on one thread over its socket, its clients and its timers.
package final class Agent {
    enum Token {
        static let listener: UInt64 = 1
        static let signals: UInt64 = 2
        static let wakeup: UInt64 = 3
        static let prompter: UInt64 = 4
        static let firstClient: UInt64 = 16
        /// Processes whose folders go with them.
        static let firstProcess: UInt64 = 1 << 62
    }

    /// Read at once, at most: a client with many requests waits its turn after these.
    static let turn = 32 << 10

    let options: AgentOptions
    let limits: Limits
    let clock: AgentClock
    let session: Session
    let poller: Poller
    let wakeup: Wakeup
    let signals: Descriptor?
    let folders: PrivateFolders
    let prompts: Prompts
    let started: Timestamp
    package let sandbox: Sandbox

    var place: ListeningPlace?
    var clients: [UInt64: Client] = [:]
    var nextToken = Token.firstClient
    var answers = AnswerBuffer()
    var arriving = SecretBytes(count: Agent.turn) { _ in }
    private var events: [Poller.Event] = []
    /// Unlocks in their order; the first is in work.
    var jobs: [UnlockJob] = []
    /// Looks at every row, in their order; the first is in work.
    var checks: [RowCheck] = []
    var pause: WrongKeyPause
    var guessing: Guessing
    /// Serves one inherited connection and ends with it.
    private var isPrivate = false
    private var isEnding = false
    var lastRequest: Int64
    /// When the lock of reads was let go because it had been held for long, on `BootClock`.
    private var lastRest: Int64 = 0
    /// Whether a request was served since the loop last waited.
    var hasServed = false
    /// When somebody last asked for something else than how far a re-encryption is.
    var lastWanted: Int64 = 0
    /// What stopped a re-encryption; it goes on when it is asked to, or after the next unlock.
    var rekeyFailure: AgentFailure?
    /// The vault was open, or somebody wanted it locked, since this agent started.
    var hasOpened = false
    private var nextSocketCheck: Int64
    /// What the request in work is about to do, for the log; `nil` when that is nothing that counts.
    var attempt: AuditEntry?
    /// When to look for new connections again; `nil` while that is not put off.
    var acceptAgain: Int64?
    /// No client's deadline is earlier.
    var nextDeadline = Int64.max

    /// - Parameter signals: from `Signals.descriptor`; any of them ends the agent in order.
    package init(
        options: AgentOptions, stores: StoreFactory, signals: consuming Descriptor? = nil, limits: Limits = Limits(),
        clock: AgentClock = .system
    ) throws {
        self.options = options
        self.limits = limits
        self.clock = clock
        poller = try Poller()
        wakeup = try Wakeup()
        let signalsRaw = signals?.raw ?? -1
        self.signals = signals
        started = clock.now()
        lastRequest = clock.nanoseconds()
        nextSocketCheck = lastRequest + limits.socketCheck
        pause = WrongKeyPause(limits)
        guessing = Guessing(limits)
        sandbox = Sandbox(options)
        prompts = Prompts(limits)
        folders = PrivateFolders(runtime: options.runtime, vault: options.vault)
        let socket =
            options.inherited == nil
            ? options.runtime.map { AgentPlace.socket(inRuntime: $0, vault: options.vault) } : nil
        session = Session(
            path: options.vault, stores: stores,
            anchors: options.state.map { FileAnchorStore(state: $0, vault: options.vault) } ?? NoAnchorStore(),
            auditSeen: options.state.map { FileAnchorStore(state: $0, vault: options.vault, of: "audit") }
                ?? NoAnchorStore(),
            rendezvous: Rendezvous(
                socket: socket, pid: Process.id, ticks: Process.startTime(of: Process.id), since: started,
                boot: Process.bootID, host: Process.host),
            limits: limits, clock: clock)
        session.onClose = { [unowned self] in
            prompts.cancelAll()
            dropSecrets()
            guessing.forgetAgreed()
            rekeyFailure = nil
        }
        session.onOpen = { [unowned self] in recordUnlock($0, $1, code: $2) }
        try poller.add(wakeup.raw, .readable, token: Token.wakeup)
        if signalsRaw >= 0 { try poller.add(signalsRaw, .readable, token: Token.signals) }
    }

    /// - Parameter place: where people are asked, in words.
    package func connect(prompter: consuming Descriptor, place: String) throws(PosixError) {
        try prompts.connect(prompter, place: place, poller)
    }

    /// Serves everyone who connects to `place`.
    func listen(_ place: ListeningPlace) throws(PosixError) {
        self.place = place
        try poller.add(place.listener.raw, .readable, token: Token.listener)
        folders.adopt(poller)
    }

    /// Serves one connection and ends with it.
    package func serve(only socket: consuming Descriptor) throws(PosixError) {
        isPrivate = true
        socket.setNonblocking(true)
        try admit(socket)
    }

    /// Serves until it is told to end, is no longer needed, or has lost its socket.
    package func run() {
        while !isFinished {
            awaitEvents()
            for event in events { handle(event) }
            tick()
        }
        session.close(entry("lock", purpose: "end", for: nil))
        folders.removeAll()
        for client in clients.values { poller.remove(client.socket.raw) }
        clients = [:]
        place?.remove()
    }

    /// Who has just been answered often asks again at once: for a moment the loop stays awake for it, and the vault's file
    /// stays locked for reading. Then both rest.
    private func awaitEvents() {
        let hasServed = hasServed
        self.hasServed = false
        let milliseconds = timeout()
        if hasServed, milliseconds != 0 {
            let isThere = Vigil.ofProcess.keep(for: limits.vigil) {
                poller.wait(milliseconds: 0, into: &events)
                return !events.isEmpty
            }
            if isThere {
                letGoInTime()
                return
            }
        }
        session.store?.endReading()
        poller.wait(milliseconds: milliseconds, into: &events)
    }

    /// The lock of reads does not stay for as long as others keep the loop awake.
    private func letGoInTime() {
        let now = BootClock.nanoseconds
        guard now - lastRest > limits.held else { return }
        session.store?.endReading()
        lastRest = now
    }

    /// Ends after what is in work.
    package func end() { isEnding = true }

    private var isFinished: Bool {
        if isEnding { return !clients.values.contains { $0.pending != nil } }
        return isPrivate && clients.isEmpty
    }

    /// Makes the loop look at its clock again, from any thread.
    package var alarm: Wakeup { wakeup }

    // MARK: Events

    private func handle(_ event: Poller.Event) {
        switch event.token {
        case Token.listener: acceptAll()
        case Token.signals: end()
        case Token.wakeup:
            wakeup.clear()
        case Token.prompter: prompts.receive(at: clock.nanoseconds(), poller)
        case Token.firstProcess...: folders.processEnded(event.token, poller)
        default:
            guard let client = clients[event.token] else { return }
            if event.ready.contains(.writable) { resume(client) }
            if !event.ready.isDisjoint(with: [.readable, .ended]), clients[event.token] != nil { receive(client) }
        }
    }

    /// What time brings, whatever woke the loop.
    private func tick() {
        let now = clock.nanoseconds()
        expire()
        advanceUnlocks()
        prompts.expire(at: now)
        resumeAccepting(at: now)
        if checks.isEmpty { advanceRekey() } else { advanceChecks() }
        if now >= nextDeadline { closeLate(now) }
        session.tendAudit()
        if place != nil, now >= nextSocketCheck {
            nextSocketCheck = now + limits.socketCheck
            if place?.isThere == false { end() }
        }
        if !isPrivate, !session.isOpen, jobs.isEmpty, folders.isEmpty, now >= lastRequest + limits.lockedIdle { end() }
    }

    /// A vault that has just locked itself keeps its agent for a while: someone may want to unlock it again.
    func expire() {
        let wasOpen = session.isOpen
        session.expire()
        if wasOpen, !session.isOpen { lastRequest = clock.nanoseconds() }
    }

    /// Milliseconds until time brings something.
    private func timeout() -> Int32 {
        if hasRekeyToDo || !checks.isEmpty { return 0 }
        var next = place != nil ? nextSocketCheck : .max
        if let end = session.end { next = min(next, end) }
        if !isPrivate, !session.isOpen { next = min(next, lastRequest + limits.lockedIdle) }
        next = min(next, nextDeadline, prompts.deadline ?? .max, acceptAgain ?? .max, session.auditDue ?? .max)
        if let job = jobs.first, job.derivation == nil { next = min(next, clock.nanoseconds() + .milliseconds(20)) }
        guard next != .max else { return -1 }
        return Int32(clamping: max(0, (next - clock.nanoseconds() + 999_999) / 1_000_000))
    }
}
