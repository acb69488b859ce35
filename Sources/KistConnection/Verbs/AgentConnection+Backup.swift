package import KistProtocol
package import SecretMemory

/// Backups travel as bytes: the agent opens no path of a client's, the client writes and reads the file.
extension AgentConnection {
    /// Makes a backup of the vault as it is at this moment.
    ///
    /// - Parameter take: gets every piece in order, with how far the agent has come; `false` gives up, and the connection
    ///   is of no use then.
    /// - Returns: what it holds; `nil` when it was given up.
    package func backup(
        _ take: (UnsafeRawBufferPointer, BackupProgress) -> Bool
    ) throws(ClientError) -> BackupSummary? {
        var reply = try call(.backup)
        while reply.result["more"] == .bool(true) {
            let result = reply.result
            let progress = try read { () throws(ShapeError) in try BackupProgress(json: result) }
            guard reply.segments.bytes.withBytes({ take($0, progress) }) else { return nil }
            reply = try callAgain()
        }
        let result = reply.result
        return try read { () throws(ShapeError) in try BackupSummary(json: result) }
    }

    /// Begins to hand a backup over.
    ///
    /// - Parameter secrets: the proof's segments, then the first bytes of the backup: 1 MiB, or all that there are.
    package func backupOpen(
        _ request: BackupOpenRequest, secrets: borrowing SecretSegments
    ) throws(ClientError) -> BackupProgress {
        let reply = try call(.backupOpen, request.json, secrets, deadline: Self.derivation)
        return try read { () throws(ShapeError) in try BackupProgress(json: reply.result) }
    }

    /// - Parameter bytes: the next of the file, at most 1 MiB.
    package func backupPart(_ bytes: consuming SecretBytes) throws(ClientError) -> BackupProgress {
        let reply = try call(.backupPart, .empty, SecretSegments(bytes))
        return try read { () throws(ShapeError) in try BackupProgress(json: reply.result) }
    }

    /// The file has come to its end: the agent judges it, and puts a restored vault in its place.
    package func backupEnd() throws(ClientError) -> BackupSummary {
        let reply = try call(.backupEnd, .empty, SecretSegments(), deadline: Self.derivation)
        return try read { () throws(ShapeError) in try BackupSummary(json: reply.result) }
    }
}
