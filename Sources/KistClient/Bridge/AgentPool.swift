internal import KistModel
internal import KistPosix
internal import KistProtocol
internal import Synchronization

/// Connections to one agent, kept open between requests, and the bridge from tasks to its blocking socket.
///
/// A request goes out on the caller's own thread: the socket of an idle connection takes it whole. The answer is waited
/// for there too, but for a millisecond at most: the agent needs some microseconds, and two changes of threads would
/// cost more than that. What takes longer (an agent that is busy, a person who is being asked), and everything that
/// opens a connection, goes to a thread of our own.
final class AgentPool: Sendable {
    /// One connection; taken out of `idle` by one user at a time, and put back by that one.
    private final class Line: @unchecked Sendable {  // whoever took it out of `idle` is its only user
        let connection: AgentConnection
        init(_ connection: AgentConnection) { self.connection = connection }
    }

    private enum Quick {
        case answered(Result<Credential?, CredentialError>)
        /// The answer to this request is still to come.
        case later(Int64)
        /// The agent has gone since.
        case broken
    }

    /// As long as a thread of Swift's own may be held.
    static let patience: Int32 = 1
    private static let mostIdle = 8

    private let places: @Sendable () throws(ClientError) -> Places
    private let deadline: Duration
    private let idle = Mutex<[Line]>([])

    init(deadline: Duration, places: @escaping @Sendable () throws(ClientError) -> Places) {
        self.places = places
        self.deadline = deadline
    }

    func credential(_ request: RevealRequest) async throws(CredentialError) -> Credential? {
        guard !Task.isCancelled else { throw AgentWords.cancelled }
        if let line = take() {
            switch quick(line, request) {
            case .answered(let result): return try result.get()
            case .later(let id):
                return try await OwnThreads.shared.run(deadline: deadline, source: AgentWords.source) {
                    [self] (pending) throws(CredentialError) in
                    try finish(line, id, request, pending)
                }
            case .broken: break
            }
        }
        return try await OwnThreads.shared.run(deadline: deadline, source: AgentWords.source) {
            [self] (pending) throws(CredentialError) in
            try ask(request, pending)
        }
    }

    private func quick(_ line: Line, _ request: RevealRequest) -> Quick {
        do throws(ClientError) {
            let id = try line.connection.startReveal(request)
            guard line.connection.hasAnswer(within: Self.patience) else { return .later(id) }
            return .answered(.success(try answer(line, id, request)))
        } catch {
            return isLost(error, line) ? .broken : .answered(AgentWords.result(error, places))
        }
    }

    /// On a thread of our own: the rest of a request that was begun elsewhere.
    private func finish(
        _ line: Line, _ id: Int64, _ request: RevealRequest, _ pending: Pending<Credential?>
    ) throws(CredentialError) -> Credential? {
        let outcome = pending.watching(line.connection.socket) { () -> Result<Credential?, ClientError> in
            Result { () throws(ClientError) in try answer(line, id, request) }
        }
        switch outcome {
        case nil: return nil
        case .success(let credential): return credential
        case .failure(let error):
            guard isLost(error, line), !pending.isOver else { return try AgentWords.result(error, places).get() }
            return try ask(request, pending)
        }
    }

    /// On a thread of our own: a whole request, on a connection that may have to be opened.
    private func ask(_ request: RevealRequest, _ pending: Pending<Credential?>) throws(CredentialError) -> Credential? {
        do throws(ClientError) {
            let line = try open()
            let outcome = pending.watching(line.connection.socket) { () -> Result<Credential?, ClientError> in
                Result { () throws(ClientError) in
                    _ = try line.connection.hello()
                    return try answer(line, try line.connection.startReveal(request), request)
                }
            }
            guard let outcome else { return nil }
            if case .failure(let error) = outcome { _ = isLost(error, line) }
            return try outcome.get()
        } catch { return try AgentWords.result(error, places).get() }
    }

    private func answer(_ line: Line, _ id: Int64, _ request: RevealRequest) throws(ClientError) -> Credential? {
        let reply = try line.connection.finishReveal(request, id)
        put(line)
        return Credential(reply, 0)
    }

    /// Whether the connection is of no use any more; one that is goes back.
    private func isLost(_ error: ClientError, _ line: Line) -> Bool {
        guard case .agent(let failure) = error, failure.kind != .retired else { return true }
        put(line)
        return false
    }

    private func open() throws(ClientError) -> Line {
        Line(try AgentConnection.open(places: try places(), mode: .noStart))
    }

    private func take() -> Line? { idle.withLock { $0.popLast() } }

    private func put(_ line: Line) {
        idle.withLock { if $0.count < Self.mostIdle { $0.append(line) } }
    }
}
