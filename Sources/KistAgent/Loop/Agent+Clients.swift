internal import KistPosix
internal import KistProtocol
internal import SecretMemory

/// Connections: taken in, read from, answered, and closed when they do not keep their side.
extension Agent {
    func acceptAll() {
        guard let listener = place?.listener.raw else { return }
        for _ in 0..<64 {
            // Before accepting: a table of descriptors that is full must not keep a new client waiting for ever.
            makeRoom()
            do {
                guard let socket = try UnixSocket.accept(listener) else { return }
                try? admit(socket)
            } catch { return pauseAccepting(listener) }
        }
    }

    /// The table of descriptors is full, this process's or the machine's: who waits would wake the loop again at once and
    /// for nothing. One that is silent goes, and the next look comes a little later.
    private func pauseAccepting(_ listener: Int32) {
        closeSilent()
        poller.remove(listener)
        acceptAgain = clock.nanoseconds() + .milliseconds(100)
    }

    func resumeAccepting(at now: Int64) {
        guard let again = acceptAgain, again <= now, let listener = place?.listener.raw else { return }
        acceptAgain = nil
        try? poller.add(listener, .readable, token: Token.listener)
    }

    /// Takes a client in, if it is of this user.
    func admit(_ socket: consuming Descriptor) throws(PosixError) {
        let peer = try UnixSocket.peer(of: socket.raw)
        guard peer.uid == Process.user else { return }
        let token = nextToken
        nextToken += 1
        try poller.add(socket.raw, .readable, token: token)
        clients[token] = Client(token: token, socket: socket, peer: peer, now: clock.nanoseconds())
    }

    /// At the limit, the client that has been silent longest and waits for nothing makes room.
    private func makeRoom() {
        if clients.count >= limits.clients { closeSilent() }
    }

    private func closeSilent() {
        let silent = clients.values.filter { !$0.isBusy && $0.pending == nil && $0.producer == nil }
        if let oldest = silent.min(by: { $0.lastUsed < $1.lastUsed }) { close(oldest) }
    }

    func close(_ client: Client) {
        poller.remove(client.socket.raw)
        clients[client.token] = nil
        checks.removeAll { $0.client == client.token }
        answers.drop(client.token)
        session.drop(client.token)
        prompts.drop(client.token, at: clock.nanoseconds())
        jobs.removeAll { $0.client == client.token && $0.derivation == nil }
    }

    /// What came out of the vault, or was on its way into it, does not outlive its closing. A connection that waits for
    /// such bytes, or whose next requests are lost with them, ends.
    func dropSecrets() {
        for client in Array(clients.values) {
            if let batch = client.batch { client.dropped = batch.id }
            client.batch = nil
            // The key of a backup may be the vault's own. One that is about to take the vault's place goes on.
            if client.intake?.isWhole == false { dropIntake(client) }
            guard client.pending != nil || client.producer != nil || client.held != nil else { continue }
            client.pending = nil
            client.producer = nil
            client.held = nil
            close(client)
        }
    }

    /// Reads what is there, serves the whole frames in it, and answers them with one call.
    func receive(_ client: Client) {
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
            guard let frame = try client.reader.take(&rest, most: client.largestFrame) else { break }
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
        guard client.reader.isBegun || client.pending != nil || client.takesTurns else {
            // Between the frames of a batch, and the parts of a backup, its own end counts.
            client.deadline = client.batch?.end ?? client.intake?.end
            if let end = client.deadline { nextDeadline = min(nextDeadline, end) }
            return
        }
        guard client.deadline == nil else { return }
        let span = clock.nanoseconds() + (client.pending != nil || client.takesTurns ? limits.answer : limits.frame)
        let deadline = min(span, client.batch?.end ?? .max)
        client.deadline = deadline
        nextDeadline = min(nextDeadline, deadline)
    }

    func closeLate(_ now: Int64) {
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
                    // The next one when the socket takes it and everyone else had a turn.
                    if client.takesTurns {
                        client.deadline = nil
                        break
                    }
                    continue
                }
                guard client.isReady, let held = client.held.take() else { break }
                try held.withBytes { (bytes) throws(FrameError) in try serveFrames(client, bytes) }
            }
        } catch { close(client) }
        finishTurn(client)
    }

    private func finishTurn(_ client: Client) {
        guard clients[client.token] != nil else { return }
        do {
            try answers.flush(client)
        } catch { return close(client) }
        if client.isClosing, client.pending == nil { return close(client) }
        if client.producer != nil, client.pending == nil, !client.takesTurns { return resume(client) }
        if client.held != nil, client.isReady { return resume(client) }
        setDeadline(client)
        let isSending = client.pending != nil || client.takesTurns && client.producer != nil
        let interest: Poller.Interest = isSending ? .writable : client.isReady ? .readable : []
        if interest != client.interest {
            client.interest = interest
            poller.change(client.socket.raw, interest, token: client.token)
        }
    }

    func clientIsGone(_ client: Client) -> Bool { UnixSocket.hasEnded(client.socket.raw) }
}
