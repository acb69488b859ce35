package import KistProtocol
internal import SecretMemory

/// A revelation in two halves, for callers who wait for the answer by other means.
extension AgentConnection {
    /// What to wait at.
    package var socket: Int32 { wire.descriptor }

    /// Asks. The connection must have been greeted, and have no answer to come: then nothing is waited for.
    package func startReveal(_ request: RevealRequest) throws(ClientError) -> Int64 {
        try send(.reveal, request.json, SecretSegments(), until: Self.end(Self.usual))
    }

    /// Whether `finishReveal` need not wait.
    package func hasAnswer(within milliseconds: Int32) -> Bool { wire.hasWholeFrame(within: milliseconds) }

    /// Takes the answer, waiting for it when it has not come.
    package func finishReveal(_ request: RevealRequest, _ id: Int64) throws(ClientError) -> RevealReply {
        let reply = try revealed(try receive(id, until: Self.end(Self.asking)))
        guard reply.answers(request.wants) else { throw .broken("the answer is not what was asked for") }
        return reply
    }
}
