internal import KistModel
internal import KistProtocol
internal import KistVault
internal import SecretMemory

extension Agent {
    /// A place refused a credential. Nothing is handed out, and nothing is lost: it is noted and not offered there.
    func reject(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try RejectRequest(json: request.params)
        guard segments.count == (wanted.field == nil ? 0 : 1) else { throw ShapeError("segments") }
        let note = try note("rejected by \(wanted.host.utf8.count <= 200 ? wanted.host : "a host")", client)
        let value: SecretBytes? = segments.count == 1 ? segments.segment(0) : nil
        let revision = try vault(for: client) { (vault) throws(VaultError) in
            try vault.reject(
                wanted.profile, wanted.name, at: wanted.host, value: value, field: wanted.field, note: note)
        }
        reply(client, request.id, .members(["rejected": .bool(revision != nil), "revision": revision?.json]))
    }
}
