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
        let overview = try vault(for: client) { (vault) throws(VaultError) in
            try vault.overview(wanted.profile, wanted.name)
        }
        let isCompared = wanted.field != nil
        if isCompared, try !mayCompare(overview) {
            // The same answer as for another value.
            recordRefusal(Failures.refused(overview, "nobody has agreed"))
            return reply(client, request.id, ["rejected": false])
        }
        let value: SecretBytes? = segments.count == 1 ? segments.segment(0) : nil
        let revision = try vault(for: client) { (vault) throws(VaultError) in
            try vault.reject(
                wanted.profile, wanted.name, at: wanted.host, value: value, field: wanted.field, note: note)
        }
        if isCompared, revision == nil { noteWrongValue(overview) }
        reply(client, request.id, ["rejected": .bool(revision != nil), "revision": revision?.json])
    }

    /// Whether a value that a client brings may be compared with one of this revision.
    ///
    /// - Throws: `.wait` after too many that were not the stored one.
    private func mayCompare(_ overview: Overview) throws(AgentFailure) -> Bool {
        let left = guessing.left(at: clock.nanoseconds())
        guard left == 0 else { throw Failures.guessing(left) }
        return guessing.take(overview)
    }

    /// It slows the next one, and stands in the log.
    private func noteWrongValue(_ overview: Overview) {
        guessing.noteWrong(at: clock.nanoseconds())
        recordRefusal(
            Failures.of(.conflict(profile: overview.profile, name: overview.name, revision: overview.revision)))
    }

    // MARK: Writing what is there already

    /// Whether a write of a value that may be there already finds out: where it may not, it is written again.
    ///
    /// - Returns: the credential as it is, when its values are compared.
    func compared(_ items: [KistProtocol.PutItem], _ client: Client) throws(AgentFailure) -> Overview? {
        guard items.count == 1, let item = items.first, item.unlessSame else { return nil }
        let found = try? vault(for: client) { (vault) throws(VaultError) in
            try vault.overview(item.profile, item.name)
        }
        guard let found, guessing.left(at: clock.nanoseconds()) == 0, guessing.take(found) else { return nil }
        return found
    }

    /// - Parameter revision: after the write; `nil` when it failed.
    func noteCompared(_ overview: Overview?, _ revision: UInt64?) {
        guard let overview, revision != overview.revision else { return }
        guessing.noteWrong(at: clock.nanoseconds())
    }
}
