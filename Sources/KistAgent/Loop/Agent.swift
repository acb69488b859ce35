internal import KistModel
package import KistPosix
internal import KistProtocol
internal import SecretMemory

/// One vault's agent: a loop on one thread over its socket, its clients and its timers.
package final class Agent {
    enum Token {
        static let listener: UInt64 = 1
        static let signals: UInt64 = 2
        static let wakeup: UInt64 = 3
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
    let started: Timestamp
    /// `nil` when the system call filter holds, else why not.
    package var sealing: Int32?

    var place: ListeningPlace?
    var clients: [UInt64: Client] = [:]
    var nextToken = Token.firstClient
    var answers = AnswerBuffer()
    private var arriving = SecretBytes(count: Agent.turn) { _ in }
    private var events: [Poller.Event] = []
    /// Unlocks in their order; the first is in work.
    var jobs: [UnlockJob] = []
    var pause: WrongKeyPause
    /// Serves one inherited connection and ends with it.
    private var isPrivate = false
    private var isEnding = false
    private var lastRequest: Int64
    private var nextSocketCheck: Int64
    /// No client's deadline is earlier.
    private var nextDeadline = Int64.max

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
        folders = PrivateFolders(runtime: options.runtime, vault: options.vault)
        let socket =
            options.inherited == nil
            ? options.runtime.map { AgentPlace.socket(inRuntime: $0, vault: options.vault) } : nil
        session = Session(
            path: options.vault, stores: stores,
            anchors: options.state.map { FileAnchorStore(state: $0, vault: options.vault) } ?? NoAnchorStore(),
            rendezvous: Rendezvous(
                socket: socket, pid: Process.id, ticks: Process.startTime(of: Process.id), since: started,
                boot: Process.bootID, host: Process.host),
            limits: limits, clock: clock)
        try poller.add(wakeup.raw, .readable, token: Token.wakeup)
        if signalsRaw >= 0 { try poller.add(signalsRaw, .readable, token: Token.signals) }
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
            poller.wait(milliseconds: timeout(), into: &events)
            for event in events { handle(event) }
            tick()
        }
        session.close()
        folders.removeAll()
        for client in clients.values { poller.remove(client.socket.raw) }
        clients = [:]
        place?.remove()
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
        if now >= nextDeadline { closeLate(now) }
        if place != nil, now >= nextSocketCheck {
            nextSocketCheck = now + limits.socketCheck
            if place?.isThere == false { end() }
        }
        if !isPrivate, !session.isOpen, jobs.isEmpty, folders.isEmpty, now >= lastRequest + limits.lockedIdle { end() }
    }

    /// A vault that has just locked itself keeps its agent for a while: someone may want to unlock it again.
    private func expire() {
        let wasOpen = session.isOpen
        session.expire()
        if wasOpen, !session.isOpen { lastRequest = clock.nanoseconds() }
    }

    /// Milliseconds until time brings something.
    private func timeout() -> Int32 {
        var next = place != nil ? nextSocketCheck : .max
        if let end = session.end { next = min(next, end) }
        if !isPrivate, !session.isOpen { next = min(next, lastRequest + limits.lockedIdle) }
        next = min(next, nextDeadline)
        if let job = jobs.first, job.derivation == nil { next = min(next, clock.nanoseconds() + .milliseconds(20)) }
        guard next != .max else { return -1 }
        return Int32(clamping: max(0, (next - clock.nanoseconds() + 999_999) / 1_000_000))
    }

    // MARK: Clients

    private func acceptAll() {
        guard let listener = place?.listener.raw else { return }
        for _ in 0..<64 {
            // Before accepting: a table of descriptors that is full must not keep a new client waiting for ever.
            makeRoom()
            guard let socket = try? UnixSocket.accept(listener) else { return }
            try? admit(socket)
        }
    }

    /// Takes a client in, if it is of this user.
    private func admit(_ socket: consuming Descriptor) throws(PosixError) {
        let peer = try UnixSocket.peer(of: socket.raw)
        guard peer.uid == Process.user else { return }
        let token = nextToken
        nextToken += 1
        try poller.add(socket.raw, .readable, token: token)
        clients[token] = Client(token: token, socket: socket, peer: peer, now: clock.nanoseconds())
    }

    /// At the limit, the client that has been silent longest and waits for nothing makes room.
    private func makeRoom() {
        guard clients.count >= limits.clients else { return }
        let silent = clients.values.filter { !$0.isBusy && $0.pending == nil && $0.producer == nil }
        if let oldest = silent.min(by: { $0.lastUsed < $1.lastUsed }) { close(oldest) }
    }

    func close(_ client: Client) {
        poller.remove(client.socket.raw)
        clients[client.token] = nil
        session.drop(client.token)
        jobs.removeAll { $0.client == client.token && $0.derivation == nil }
    }

    /// Reads what is there, serves the whole frames in it, and answers them with one call.
    private func receive(_ client: Client) {
        guard client.isReady else {
            // Not reading while answers wait bounds what one client can make us hold. A client that is gone is
            // noticed all the same.
            if clientIsGone(client) { close(client) }
            return
        }
        do {
            let got = try readMore(client)
            guard let got else { return finishTurn(client) }
            guard got > 0 else { return close(client) }
            client.lastUsed = clock.nanoseconds()
            try serveArrived(client, count: got)
        } catch { close(client) }
        finishTurn(client)
    }

    /// - Returns: bytes in `arriving`, 0 at the end of the connection, `nil` when there is nothing.
    private func readMore(_ client: Client) throws(PosixError) -> Int? {
        let missing = client.reader.missingSegmentBytes
        let socket = client.socket.raw
        guard missing > 0 else {
            return try arriving.withMutableBytes { (bytes) throws(PosixError) in
                try UnixSocket.receive(socket, bytes)
            }
        }
        // Straight to their place, and only what lies behind them into the common buffer.
        let got = try arriving.withMutableBytes { (rest) throws(PosixError) -> Int? in
            try client.reader.fill { (place) throws(PosixError) in try UnixSocket.receive(socket, place, rest) }
        }
        guard let got, got > 0 else { return got }
        if let frame = client.reader.finishIfWhole() { serve(frame, client) }
        let beyond = got - missing
        guard beyond <= 0 else { return beyond }
        noteProgress(client)
        return nil
    }

    private func serveArrived(_ client: Client, count: Int) throws(FrameError) {
        // The buffer goes out of the agent for the time: a request that is served may look at the agent.
        var buffer = SecretBytes(count: 0) { _ in }
        swap(&buffer, &arriving)
        defer {
            buffer.withMutableBytes { bytes in
                _ = bytes[..<count].initializeMemory(as: UInt8.self, repeating: 0)
            }
            swap(&buffer, &arriving)
        }
        try buffer.withBytes { (bytes) throws(FrameError) in
            try serveFrames(client, UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        }
    }

    private func serveFrames(_ client: Client, _ bytes: UnsafeRawBufferPointer) throws(FrameError) {
        var rest = bytes
        while !rest.isEmpty {
            guard client.isReady else {
                client.held = SecretBytes(count: rest.count) { $0.copyMemory(from: rest) }
                break
            }
            guard let frame = try client.reader.take(&rest) else { break }
            serve(frame, client)
        }
        noteProgress(client)
    }

    /// All begun frames together must fit.
    private func noteProgress(_ client: Client) {
        guard client.reader.isBegun else { return }
        let begun = clients.values.reduce(0) { $0 + $1.reader.reserved }
        if begun > limits.incomingBytes { close(client) }
    }

    /// A begun frame must become whole in time, and an answer must be taken in time.
    private func setDeadline(_ client: Client) {
        guard client.reader.isBegun || client.pending != nil else {
            client.deadline = nil
            return
        }
        guard client.deadline == nil else { return }
        let deadline = clock.nanoseconds() + (client.pending != nil ? limits.answer : limits.frame)
        client.deadline = deadline
        nextDeadline = min(nextDeadline, deadline)
    }

    private func closeLate(_ now: Int64) {
        for client in clients.values where (client.deadline ?? .max) <= now { close(client) }
        nextDeadline = clients.values.compactMap(\.deadline).min() ?? .max
    }

    /// Sends, makes more of a long answer, and takes up held requests, as far as the socket takes it.
    func resume(_ client: Client) {
        do {
            while clients[client.token] != nil {
                try answers.flush(client)
                guard client.pending == nil else { break }
                if let producer = client.producer {
                    if !producer() { client.producer = nil }
                    continue
                }
                guard client.isReady, let held = client.held.take() else { break }
                try held.withBytes { (bytes) throws(FrameError) in try serveFrames(client, bytes) }
            }
        } catch { close(client) }
        finishTurn(client)
    }

    private func finishTurn(_ client: Client) {
        guard clients[client.token] != nil else { return answers.wipe() }
        do {
            try answers.flush(client)
        } catch { return close(client) }
        if client.isClosing, client.pending == nil { return close(client) }
        if client.producer != nil, client.pending == nil { return resume(client) }
        if client.held != nil, client.isReady { return resume(client) }
        setDeadline(client)
        let interest: Poller.Interest = client.pending != nil ? .writable : client.isReady ? .readable : []
        if interest != client.interest {
            client.interest = interest
            poller.change(client.socket.raw, interest, token: client.token)
        }
    }

    private func clientIsGone(_ client: Client) -> Bool { UnixSocket.hasEnded(client.socket.raw) }

    // MARK: Requests

    private func serve(_ frame: consuming IncomingFrame, _ client: Client) {
        lastRequest = clock.nanoseconds()
        client.deadline = nil
        // Before every request, not only by the timer.
        expire()
        let request: Request
        switch frame.header {
        case .failure:
            reply(client, nil, .invalid("the header is not JSON of the agreed form"))
            client.isClosing = true
            return
        case .success(let json):
            do { request = try Request(json: json) } catch {
                return reply(client, json["id"]?.integer, .invalid(error.member))
            }
        }
        answer(request, frame.takeSegments(), client)
    }

    /// Queues an answer without segments.
    func reply(_ client: Client, _ id: Int64, _ result: JSONValue) {
        reply(client, SecretSegments()) { Response(id: id, .result(result)).json.encode(into: &$0) }
    }

    func reply(_ client: Client, _ id: Int64?, _ failure: AgentFailure) {
        reply(client, SecretSegments()) { Response(id: id, .failure(failure)).json.encode(into: &$0) }
    }

    /// Queues one frame; `write` appends the header's JSON.
    func reply(
        _ client: Client, _ segments: borrowing SecretSegments, _ write: (inout [UInt8]) -> Void
    ) {
        if !replyIfItFits(client, segments, write) { client.isClosing = true }
    }

    /// - Returns: `false` when the frame passes a limit; nothing is queued then.
    func replyIfItFits(
        _ client: Client, _ segments: borrowing SecretSegments, _ write: (inout [UInt8]) -> Void
    ) -> Bool {
        guard clients[client.token] != nil else { return true }
        do {
            try answers.append(to: client, segments, write)
            return true
        } catch { return false }
    }
}
