package import KistModel
package import KistProtocol
package import SecretMemory

/// Values that follow from a credential for a while, held by the agent.
extension AgentConnection {
    package func keep(_ request: KeepRequest, _ values: borrowing SecretSegments) throws(ClientError) {
        _ = try call(.keep, request.json, values)
    }

    /// - Returns: `nil` when there are none, or not for long enough.
    package func kept(_ request: KeepRequest) throws(ClientError) -> KeptReply? {
        let reply = try call(.kept, request.json)
        let result = reply.result
        let expires = try read { () throws(ShapeError) -> Timestamp? in
            let fields = try JSONFields(result, "result")
            return try fields.flag("found") ? try fields.timestamp("expires") : nil
        }
        guard let expires else { return nil }
        return KeptReply(expires: expires, values: reply.takeSegments())
    }
}

/// The answer to `kept`.
package struct KeptReply: ~Copyable {
    package let expires: Timestamp
    package let values: SecretSegments

    init(expires: Timestamp, values: consuming SecretSegments) {
        self.expires = expires
        self.values = values
    }
}
