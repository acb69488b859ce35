package import KistProtocol
package import SecretMemory

/// Re-encryption: asked for once, done by the agent, whoever stays or goes.
extension AgentConnection {
    /// - Parameter secrets: the proof's and the stored keys'.
    package func rekey(
        _ request: RekeyRequest, secrets: borrowing SecretSegments = SecretSegments()
    ) throws(ClientError) -> RekeyProgress {
        let reply = try call(.rekey, request.json, secrets, deadline: Self.derivation)
        return try read { () throws(ShapeError) in try RekeyProgress(json: reply.result) }
    }

    package func rekeyStatus() throws(ClientError) -> RekeyProgress {
        let reply = try call(.rekeyStatus)
        return try read { () throws(ShapeError) in try RekeyProgress(json: reply.result) }
    }
}
