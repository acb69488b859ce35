package import KistProtocol

extension AgentConnection {
    /// What another place is to remember of the open vault.
    ///
    /// - Parameter kept: what it remembers now.
    package func seen(kept: [UInt8]? = nil) throws(ClientError) -> SeenResult {
        let reply = try call(.seen, SeenRequest(kept: kept).json)
        return try read { () throws(ShapeError) in try SeenResult(json: reply.result) }
    }
}
