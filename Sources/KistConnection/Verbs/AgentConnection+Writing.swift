package import KistModel
package import KistProtocol
package import SecretMemory

extension AgentConnection {
    /// Writes all items or none. Durable before it returns.
    ///
    /// - Parameter secrets: the values of all items' secret fields, in order.
    package func put(
        _ items: [PutItem], secrets: borrowing SecretSegments, why: String
    ) throws(ClientError) -> PutResult {
        let request = PutRequest(items: items, requestID: Self.makeRequestID(), why: why)
        return try put(request, secrets: secrets)
    }

    /// - Returns: the vault's generation afterwards.
    package func remove(
        profile: ProfileName, name: CredentialName, ifRevision: UInt64? = nil
    ) throws(ClientError) -> UInt64 {
        let request = NamedRequest(profile: profile, name: name, ifRevision: ifRevision)
        return try natural("generation", of: try call(.remove, request.json).result)
    }

    /// Writes an earlier revision again, as a new one.
    ///
    /// - Returns: the new revision.
    package func restore(
        profile: ProfileName, name: CredentialName, revision: UInt64
    ) throws(ClientError) -> UInt64 {
        let request = NamedRequest(profile: profile, name: name, revision: revision)
        return try natural("revision", of: try call(.restore, request.json).result)
    }

    /// Records an empty profile, so that it shows in `profiles`.
    package func profileCreate(_ name: ProfileName) throws(ClientError) {
        _ = try call(.profileCreate, ["name": .string(name.description)])
    }

    /// - Returns: how many credentials were copied.
    @discardableResult
    package func profileCopy(from: ProfileName, to: ProfileName) throws(ClientError) -> UInt64 {
        let params: JSONValue = ["from": .string(from.description), "to": .string(to.description)]
        return try natural("copied", of: try call(.profileCopy, params).result)
    }

    /// - Returns: how many credentials went with it.
    package func profileRemove(_ name: ProfileName) throws(ClientError) -> UInt64 {
        try natural("removed", of: try call(.profileRemove, ["name": .string(name.description)]).result)
    }

    /// Changes what a credential is handed out for. Taking `confirm` away waits for a person.
    ///
    /// - Returns: the revision afterwards.
    package func policy(
        profile: ProfileName, name: CredentialName, _ policy: Policy
    ) throws(ClientError) -> UInt64 {
        let request = PolicyRequest(profile: profile, name: name, policy: policy)
        return try natural(
            "revision", of: try call(.policy, request.json, SecretSegments(), deadline: Self.asking).result)
    }

    /// Notes that a place refused a credential; it is not offered there until it is changed.
    ///
    /// - Parameter value: what was refused, when `request.field` says of which field.
    /// - Returns: whether it was noted: another value by now is not the one that was refused.
    package func reject(
        _ request: RejectRequest, value: borrowing SecretSegments = SecretSegments()
    ) throws(ClientError) -> Bool {
        let reply = try call(.reject, request.json, value)
        return try read { () throws(ShapeError) in try JSONFields(reply.result, "result").flag("rejected") }
    }

    /// Puts files into a private folder that vanishes when process `request.pid` ends.
    ///
    /// - Parameter contents: one segment per file.
    /// - Returns: the folder's path.
    package func folder(
        _ request: FolderRequest, contents: borrowing SecretSegments
    ) throws(ClientError) -> String {
        let reply = try call(.folder, request.json, contents)
        return try read { () throws(ShapeError) in try JSONFields(reply.result, "result").string("path") }
    }

    private func natural(_ key: String, of result: JSONValue) throws(ClientError) -> UInt64 {
        try read { () throws(ShapeError) in try JSONFields(result, "result").natural(key) }
    }
}
