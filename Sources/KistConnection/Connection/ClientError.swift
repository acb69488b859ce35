package import KistProtocol

/// Why a request of the agent brought no answer, or which error it brought. Facts only; advice is the caller's.
package enum ClientError: Error, Hashable, Sendable {
    /// The agent answered with an error.
    case agent(AgentFailure)
    /// No agent runs, and the caller asked not to start one.
    case notRunning
    /// `kist-agent` could not be started, or did not become ready.
    case cannotStart(String)
    /// A file or folder on the way has an owner, mode or kind that Kist does not trust.
    case unsafePlace(path: String, why: String)
    /// The other end of the socket belongs to another user.
    case foreignAgent(uid: UInt32)
    /// No place for the vault can be worked out: no home folder, a path that is too long.
    case noPlace(String)
    /// The connection broke or the agent broke the protocol.
    case broken(String)
    /// The deadline passed.
    case timeout
    /// The agent took the connection and has not said a word: it is stopped, or busy beyond measure. Only for those who
    /// could wait for `AgentConnection.greeting`; `timeout` for others.
    ///
    /// - Parameter pid: `nil` for a process that has no number here.
    case silent(pid: Int32?)
    /// The request does not fit the protocol's limits.
    case tooLarge

    /// Whether time ran out, whatever for.
    package var isLate: Bool {
        switch self {
        case .timeout, .silent: true
        default: false
        }
    }

    /// The kind of the agent's error, if this is one.
    package var kind: AgentFailure.Kind? {
        guard case .agent(let failure) = self else { return nil }
        return failure.kind
    }
}
