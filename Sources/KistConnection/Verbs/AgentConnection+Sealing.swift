package import KistProtocol
internal import SecretMemory

extension AgentConnection {
    /// Which vault would seal bundles here.
    package func sealer() throws(ClientError) -> SealResult {
        let reply = try call(.sealer)
        return try read { () throws(ShapeError) in try SealResult(json: reply.result) }
    }

    /// Has credentials sealed into a bundle; the vault remembers it.
    ///
    /// - Returns: the bundle's bytes, which are no secret.
    package func seal(_ request: SealRequest) throws(ClientError) -> SealReply {
        let reply = try call(.seal, request.json)
        let result = try read { () throws(ShapeError) in try SealResult(json: reply.result) }
        let bundle = reply.segments.bytes.withBytes { Array($0) }
        guard !bundle.isEmpty else { throw .broken("seal brought no bundle") }
        return SealReply(result: result, bundle: bundle)
    }
}

/// The answer to `seal`.
package struct SealReply: Sendable {
    package let result: SealResult
    package let bundle: [UInt8]
}
