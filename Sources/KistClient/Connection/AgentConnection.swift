package import KistProtocol
package import SecretMemory

/// One connection to the agent of one vault. Not for use by two threads at once.
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

    /// What the agent said first.
    package let hello: Hello
    /// Whether it is a private agent, which ends with this connection.
    package let isPrivate: Bool

    init(hello: Hello, isPrivate: Bool) {
        self.hello = hello
        self.isPrivate = isPrivate
    }

    /// Finds the agent of `places.vault`, starting it if `mode` says so, and says hello.
    package static func open(places: Places, mode: Mode) throws(ClientError) -> AgentConnection {
        throw .notRunning
    }

    /// Asks once and waits for the whole answer, which must be a single frame.
    package func call(_ method: Method, _ params: JSONValue = .empty) throws(ClientError) -> Reply {
        try call(method, params, SecretSegments())
    }

    /// - Parameters:
    ///   - segments: the secrets that go with it.
    ///   - deadline: seconds until `ClientError.timeout`.
    package func call(
        _ method: Method, _ params: JSONValue, _ segments: borrowing SecretSegments,
        deadline: Int = AgentConnection.usual
    ) throws(ClientError) -> Reply {
        throw .notRunning
    }

    /// Asks once and hands every frame's result to `take` as it comes.
    func each(
        _ method: Method, _ params: JSONValue, _ take: (JSONValue) throws(ShapeError) -> Void
    ) throws(ClientError) {
        throw .notRunning
    }

    func put(_ request: PutRequest, secrets: borrowing SecretSegments) throws(ClientError) -> PutResult {
        throw .notRunning
    }

    /// Seconds for an ordinary request.
    package static let usual = 30
    /// Seconds for a request that derives a key from a passphrase.
    package static let derivation = 120

    static func makeRequestID() -> String {
        var random = SystemRandomNumberGenerator()
        return String(random.next() as UInt64, radix: 16) + String(random.next() as UInt64, radix: 16)
    }

    /// A result of another shape than agreed is a broken protocol.
    func read<R>(_ body: () throws(ShapeError) -> R) throws(ClientError) -> R {
        do { return try body() } catch { throw .broken("the agent's answer has no proper \(error.member)") }
    }
}
