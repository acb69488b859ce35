internal import KistPosix
package import KistProtocol
package import SecretMemory

/// One connection to the agent of one vault. Not for use by two threads at once.
///
/// The first request carries `hello` in the same write, so a single look-up is a single round trip.
package final class AgentConnection {
    /// Which agent to use.
    package enum Mode: Hashable, Sendable {
        /// The running one; started when none runs, and left running.
        case shared
        /// A private one for this connection alone, which ends with it.
        case isolated
        /// The running one; `ClientError.notRunning` when none runs.
        case noStart
    }

    /// Seconds for an ordinary request.
    package static let usual = 30
    /// Seconds for the answer to `hello`: a living agent is never busy for so long, whatever it does for others.
    package static let greeting = 10
    /// Seconds for a request that derives a key from a passphrase, which may also wait for the vault's lock.
    package static let derivation = 120
    /// Seconds for a request over which a person may be asked.
    package static let asking = 90
    /// Seconds for a request that looks at everything.
    package static let deep = 600

    /// Milliseconds for an ordinary request of this connection. When that is less than usual, the agent has as long to show
    /// that it lives before it is asked for what may take longer.
    package var patience: Int

    /// Whether it is a private agent, which ends with this connection.
    package private(set) var isPrivate: Bool
    private(set) var wire: Wire
    private var greeting: Hello?
    /// The `hello` whose answer nobody has taken yet.
    private var greeted: Int64?
    private var nextID: Int64 = 1
    private let places: Places
    private let mode: Mode
    private let agent: String?

    private init(_ found: consuming Starting.Found, places: Places, mode: Mode, agent: String?, patience: Int) {
        isPrivate = found.isPrivate
        wire = Wire(socket: found.takeSocket())
        self.places = places
        self.mode = mode
        self.agent = agent
        self.patience = patience
    }

    /// Finds the agent of `places.vault`, starting it if `mode` says so, and checks that it is this user's.
    ///
    /// - Parameters:
    ///   - agent: the program to start instead of `kist-agent` beside the running one (tests).
    ///   - patience: milliseconds for an ordinary request, the one that finds out whose vault it is among them.
    package static func open(
        places: Places, mode: Mode, agent: String? = nil, patience: Int = usual * 1_000
    ) throws(ClientError) -> AgentConnection {
        let found = try Starting.find(places, mode: mode, agent: agent, patience: patience)
        let isElsewhere = found.isElsewhere
        let connection = AgentConnection(found, places: places, mode: mode, agent: agent, patience: patience)
        // A lock file comes with the vault's folder, which may be anybody's: nothing follows on trust.
        if isElsewhere { _ = try connection.hello() }
        return connection
    }

    /// Whether it has said anything yet.
    package var hasAnswered: Bool { greeting != nil }

    /// What the agent says of itself; asked once.
    package func hello() throws(ClientError) -> Hello {
        if let greeting { return greeting }
        let end = Self.end(milliseconds: patience)
        if let greeted { return try receiveHello(greeted, until: end) }
        let id = takeID()
        return try greet(as: id, helloRequest(id), SecretSegments(), until: end)
    }

    /// Says `hello` and does not wait: the agent looks at who is there while the caller finds out what to ask.
    package func greet() throws(ClientError) {
        guard greeting == nil, greeted == nil else { return }
        let id = takeID()
        try wire.send(helloRequest(id), SecretSegments(), until: Self.end(milliseconds: patience))
        greeted = id
    }

    /// Asks once and waits for the whole answer, which must be a single frame.
    package func call(_ method: Method, _ params: JSONValue = .empty) throws(ClientError) -> Reply {
        try call(method, params, SecretSegments())
    }

    /// - Parameters:
    ///   - segments: the secrets that go with it.
    ///   - deadline: seconds until `ClientError.timeout`; `patience` without one.
    package func call(
        _ method: Method, _ params: JSONValue, _ segments: borrowing SecretSegments,
        deadline: Int? = nil
    ) throws(ClientError) -> Reply {
        let end = Self.end(milliseconds: deadline.map { $0 * 1_000 } ?? patience)
        let id = try send(method, params, segments, until: end)
        return try receive(id, until: end)
    }

    /// The next frame of an answer whose last one said `more`.
    func callAgain() throws(ClientError) -> Reply { try receive(nextID - 1, until: Self.end(milliseconds: patience)) }

    /// Asks once and hands every frame's result to `take` as it comes.
    func each(
        _ method: Method, _ params: JSONValue, _ take: (JSONValue) throws(ShapeError) -> Void
    ) throws(ClientError) {
        let end = Self.end(milliseconds: patience)
        let id = try send(method, params, SecretSegments(), until: end)
        while true {
            let reply = try receive(id, until: end)
            let result = reply.result
            try read { () throws(ShapeError) in try take(result) }
            if result["more"] != .bool(true) { return }
        }
    }

    /// Sends a batch in as many frames as it needs; the agent writes it in one transaction.
    func put(_ request: PutRequest, secrets: borrowing SecretSegments) throws(ClientError) -> PutResult {
        let end = Self.end(Self.derivation)
        var id: Int64?
        var segment = 0
        for part in try PutParts.divide(request, lengths: secrets.lengths) {
            let count = part.items.reduce(0) { $0 + $1.secrets.count }
            let slice = secrets.slice(segment..<segment + count)
            segment += count
            id = try send(.put, part.json, slice, id: id, until: end)
        }
        guard let id else { throw .tooLarge }
        var revision: UInt64 = 0
        var items: [UInt64] = []
        while true {
            let reply = try receive(id, until: end)
            let part = try read { () throws(ShapeError) in try PutResult(json: reply.result) }
            revision = part.revision
            items.append(contentsOf: part.items)
            if reply.result["more"] != .bool(true) { return PutResult(revision: revision, items: items) }
        }
    }

    /// Sends a request, with `hello` before it when it is the first.
    ///
    /// - Parameter id: of the frames before this one, when the request has several.
    func send(
        _ method: Method, _ params: JSONValue, _ segments: borrowing SecretSegments, id given: Int64? = nil,
        until end: Int64
    ) throws(ClientError) -> Int64 {
        if patience < Self.usual * 1_000, end > Self.end(milliseconds: patience) { _ = try hello() }
        let helloID = greeting == nil && greeted == nil && given == nil ? takeID() : nil
        let id = given ?? takeID()
        let request = try Wire.frame(Request(id: id, method: method, params: params).json, segments.lengths)
        guard let helloID else {
            try wire.send(request, segments, until: end)
            if let greeted { _ = try receiveHello(greeted, until: end) }
            return id
        }
        do {
            _ = try greet(as: helloID, helloRequest(helloID) + request, segments, until: end)
        } catch .broken where mode == .shared && !isPrivate {
            // The agent ended between our connect and our request; the next one is asked the same, once.
            let found = try Starting.find(places, mode: mode, agent: agent, patience: patience)
            isPrivate = found.isPrivate
            wire = Wire(socket: found.takeSocket())
            _ = try greet(as: helloID, helloRequest(helloID) + request, segments, until: end)
        }
        return id
    }

    private func helloRequest(_ id: Int64) throws(ClientError) -> [UInt8] {
        let params: JSONValue = [
            "protocol": .integer(AgentProtocol.version), "version": .string("kist " + AgentProtocol.release),
            "vault": .string(places.vault),
        ]
        return try Wire.frame(Request(id: id, method: .hello, params: params).json, [])
    }

    /// - Parameter frames: `hello` and what follows it in the same write.
    private func greet(
        as id: Int64, _ frames: [UInt8], _ segments: borrowing SecretSegments, until end: Int64
    ) throws(ClientError) -> Hello {
        let end = greetingEnd(end)
        do throws(ClientError) { try wire.send(frames, segments, until: end) } catch { throw silence(error) }
        return try receiveHello(id, until: end)
    }

    private func receiveHello(_ id: Int64, until end: Int64) throws(ClientError) -> Hello {
        greeted = nil
        let answer: JSONValue
        do throws(ClientError) { answer = try receive(id, until: greetingEnd(end)).result } catch {
            throw silence(error)
        }
        let hello = try read { () throws(ShapeError) in try Hello(json: answer) }
        guard hello.vault == places.vault else { throw .broken("the agent has another vault") }
        greeting = hello
        return hello
    }

    /// A request may have longer than its greeting. A private agent is only just being started.
    private func greetingEnd(_ end: Int64) -> Int64 { min(end, Self.end(isPrivate ? Self.usual : Self.greeting)) }

    /// What a greeting failed with, said of the process if that had its time.
    private func silence(_ error: ClientError) -> ClientError {
        guard case .timeout = error, !isPrivate, patience >= Self.greeting * 1_000 else { return error }
        return .silent(pid: wire.pid)
    }

    func receive(_ id: Int64, until end: Int64) throws(ClientError) -> Reply {
        let frame = try wire.receive(until: end)
        let response: Response
        do { response = try Response(json: try frame.parse()) } catch {
            throw .broken("the agent's answer is not of the protocol: \(error)")
        }
        switch response.outcome {
        case .failure(let failure):
            guard response.id == id || response.id == nil else { throw .broken("an answer to another request") }
            throw .agent(failure)
        case .result(let result):
            guard response.id == id else { throw .broken("an answer to another request") }
            return Reply(result: result, segments: frame.takeSegments())
        }
    }

    /// A result of another shape than agreed is a broken protocol.
    func read<R>(_ body: () throws(ShapeError) -> R) throws(ClientError) -> R {
        do { return try body() } catch { throw .broken("the agent's answer has no proper \(error.member)") }
    }

    private func takeID() -> Int64 {
        defer { nextID += 1 }
        return nextID
    }

    static func end(_ seconds: Int) -> Int64 { end(milliseconds: seconds * 1_000) }

    static func end(milliseconds: Int) -> Int64 { BootClock.nanoseconds + Int64(milliseconds) * 1_000_000 }

    static func makeRequestID() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next() as UInt64, radix: 16) + String(random.next() as UInt64, radix: 16)
    }
}
