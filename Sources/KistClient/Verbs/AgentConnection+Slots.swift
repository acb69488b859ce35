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
    ) throws(ClientError) -> SlotReply {
        try slotReply(try call(.slotAdd, request.json, secrets, deadline: Self.derivation))
    }

    package func slotChange(
        _ request: SlotChangeRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) -> SlotReply {
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
        return try slotReply(reply).slot
    }

    private func slotReply(_ reply: consuming Reply) throws(ClientError) -> SlotReply {
        let json = reply.result
        let result = try read { () throws(ShapeError) in try SlotResult(json: json) }
        guard reply.segments.count <= 1 else { throw .broken("a slot brought more than a recovery code") }
        return SlotReply(slot: result.slot, segments: reply.takeSegments())
    }
}

/// The answer to `slotAdd` and `slotChange`.
package struct SlotReply: ~Copyable {
    package let slot: SlotSummary
    private let segments: SecretSegments

    init(slot: SlotSummary, segments: consuming SecretSegments) {
        self.slot = slot
        self.segments = segments
    }

    /// The new recovery code as text, shown once and kept nowhere; `nil` when none was made.
    package borrowing func recoveryCode() -> SecretBytes? { segments.count == 1 ? segments.segment(0) : nil }
}
