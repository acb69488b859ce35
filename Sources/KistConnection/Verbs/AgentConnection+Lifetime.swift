package import KistProtocol
package import SecretMemory

extension AgentConnection {
    package func status() throws(ClientError) -> AgentStatus {
        let reply = try call(.status)
        return try read { () throws(ShapeError) in try AgentStatus(json: reply.result) }
    }

    /// Creates the vault and leaves it unlocked.
    ///
    /// - Returns: what was chosen, and the recovery code as text, to be shown once.
    package func initialise(
        _ request: InitialiseRequest = InitialiseRequest(), passphrase: consuming SecretBytes
    ) throws(ClientError) -> InitialiseReply {
        let reply = try call(.initialise, request.json, SecretSegments(passphrase), deadline: Self.derivation)
        let result = try read { () throws(ShapeError) in try InitialiseResult(json: reply.result) }
        guard reply.segments.count == 1 else { throw .broken("init brought no recovery code") }
        return InitialiseReply(result: result, recoveryCode: reply.segments.segment(0))
    }

    /// - Parameter secret: what `request.with` says.
    package func unlock(
        _ request: UnlockRequest = UnlockRequest(), secret: consuming SecretBytes
    ) throws(ClientError) -> UnlockResult {
        try unlock(request, secrets: SecretSegments(secret))
    }

    /// - Parameter secrets: what `request.with` says, then the second factor if the request has one.
    package func unlock(
        _ request: UnlockRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) -> UnlockResult {
        let reply = try call(.unlock, request.json, secrets, deadline: Self.derivation)
        return try read { () throws(ShapeError) in try UnlockResult(json: reply.result) }
    }

    /// Wipes the keys, closes the vault and lets others have its file.
    package func lock() throws(ClientError) { _ = try call(.lock) }

    /// Makes the agent finish, wipe and exit.
    package func retire() throws(ClientError) { _ = try call(.retire) }

    /// Facts about the agent and its store, for `kist doctor`.
    ///
    /// - Parameter deep: read and open every row; the vault must be open.
    package func doctor(deep: Bool = false) throws(ClientError) -> JSONValue {
        guard deep else { return try call(.doctor).result }
        return try call(.doctor, ["deep": true], SecretSegments(), deadline: Self.deep).result
    }
}

/// The answer to `init`.
package struct InitialiseReply: ~Copyable {
    package let result: InitialiseResult
    /// Text; shown once, kept nowhere.
    package let recoveryCode: SecretBytes

    init(result: InitialiseResult, recoveryCode: consuming SecretBytes) {
        self.result = result
        self.recoveryCode = recoveryCode
    }
}
