internal import KistModel
internal import KistProtocol
internal import KistVault
internal import SecretMemory

extension Agent {
    /// Holds values that follow from a credential. Those of one that asks a person each time are not held: the next time is
    /// another time.
    func keep(_ request: Request, _ segments: consuming SecretSegments, _ client: Client) throws {
        let wanted = try KeepRequest(json: request.params)
        guard let expires = wanted.expires else { throw ShapeError("expires") }
        guard let revision = wanted.revision else { throw ShapeError("revision") }
        guard (1...KeepRequest.mostValues).contains(segments.count),
            segments.bytes.count <= KeepRequest.longestValues
        else { throw ShapeError("segments") }
        let overview = try vault(for: client) { (vault) throws(VaultError) in
            try vault.overview(wanted.profile, wanted.name)
        }
        // What was made from the credential as it was must not outlive the change of it.
        guard revision == overview.revision else {
            throw Failures.of(
                .conflict(profile: overview.profile, name: overview.name, revision: overview.revision))
        }
        let mayHold = overview.policy.rule(for: .provider) == .pass
        if mayHold {
            session.kept.keep(
                wanted.key, .init(revision: revision, expires: expires, segments: segments), now: clock.now())
        }
        reply(client, request.id, ["kept": .bool(mayHold)])
    }

    /// Hands them out as long as they are good and the credential is the one that they came from.
    /// The trace comes after the look-up, so that it says whether something left, and before the answer.
    func kept(_ request: Request, _ client: Client) throws {
        attempt = entry(Method.kept.rawValue, Self.targets(request.params), for: client)
        let wanted = try KeepRequest(json: request.params)
        let overview = try vault(for: client) { (vault) throws(VaultError) in
            try vault.overview(wanted.profile, wanted.name)
        }
        let now = clock.now()
        guard overview.policy.rule(for: .provider) == .pass, !overview.expiry.isPast(at: now),
            let entry = session.kept.entry(wanted.key, revision: overview.revision, now: now)
        else {
            attempt?.result = AgentFailure.Kind.notFound.rawValue
            try record(.ifPossible)
            return reply(client, request.id, ["found": false])
        }
        attempt?.targets = [.init(profile: wanted.profile, name: wanted.name, revision: entry.revision)]
        try record(.durable)
        let result: JSONValue = ["found": true, "expires": .string(entry.expires.description)]
        reply(client, entry.segments) { Response(id: request.id, .result(result)).json.encode(into: &$0) }
    }
}

extension KeepRequest {
    fileprivate var key: KeptValues.Key { .init(profile: profile, name: name, label: label) }
}
