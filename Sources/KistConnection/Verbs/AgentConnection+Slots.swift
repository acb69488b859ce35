package import KistProtocol
package import SecretMemory

/// The ways into the vault. `secrets` are always the proof's segments and then those of the new material, put together
/// with `SecretSegments.appending`.
extension AgentConnection {
    /// The slots; of a locked vault what stands in the clear: ids, kinds, costs, and whether a second factor is wanted.
    package func slots() throws(ClientError) -> SlotsResult {
        let reply = try call(.slots)
        return try read { () throws(ShapeError) in try SlotsResult(json: reply.result) }
    }

    package func slotAdd(
        _ request: SlotAddRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) -> SlotSummary {
        try slotReply(try call(.slotAdd, request.json, secrets, deadline: Self.derivation))
    }

    package func slotChange(
        _ request: SlotChangeRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) -> SlotSummary {
        try slotReply(try call(.slotChange, request.json, secrets, deadline: Self.derivation))
    }

    /// - Parameter secrets: the proof's.
    package func slotRemove(
        _ request: SlotTargetRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) {
        _ = try call(.slotRemove, request.json, secrets, deadline: Self.derivation)
    }

    /// Proves that a key opens a slot, and notes when.
    ///
    /// - Parameter secrets: the key that is tested.
    package func slotTest(
        _ request: SlotTargetRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) -> SlotSummary {
        let reply = try call(.slotTest, request.json, secrets, deadline: Self.derivation)
        return try slotReply(reply)
    }

    private func slotReply(_ reply: consuming Reply) throws(ClientError) -> SlotSummary {
        let json = reply.result
        return try read { () throws(ShapeError) in try SlotResult(json: json) }.slot
    }
}
