internal import KistModel
internal import KistProtocol
internal import KistVault

/// Policies are held here, on every path by which secrets leave the vault.
extension Agent {
    /// Whether these credentials may leave for this purpose now.
    ///
    /// - Parameters:
    ///   - agreed: what a person has agreed to already, in this request.
    ///   - again: runs the request again when somebody has agreed; it opens everything anew.
    /// - Returns: `false` when somebody is being asked. The request is answered later then, by `again` or with a refusal.
    /// - Throws: `.refused`.
    func permits(
        _ overviews: [Overview], for purpose: RevealRequest.Purpose, reason: String?, agreed: Agreement,
        _ id: Int64, _ client: Client, again: @escaping (Agreement) throws -> Void
    ) throws(AgentFailure) -> Bool {
        var open: [Overview] = []
        for overview in overviews where overview.policy != .allow {
            switch overview.policy.rule(for: purpose) {
            case .pass: continue
            case .refuse: throw Failures.refused(overview, "its policy is \(overview.policy.rawValue)")
            case .ask: if !agreed.covers(overview) { open.append(overview) }
            }
        }
        guard let first = open.first else { return true }
        // Somebody agreed to another revision than the one that is there now.
        guard agreed.isNone else { throw Failures.refused(first, "it was changed meanwhile") }
        try ask("the secrets of \(Self.names(open))", Self.words(purpose), reason, open, id, client, again)
        return false
    }

    /// Changes a policy. What hands out less needs no question; taking `confirm` away does.
    func policy(_ request: Request, _ client: Client) throws {
        try policy(try PolicyRequest(json: request.params), request.id, client, agreed: .none)
    }

    private func policy(
        _ wanted: PolicyRequest, _ id: Int64, _ client: Client, agreed: Agreement
    ) throws {
        let overview = try vault(for: client) { (vault) throws(VaultError) in
            try vault.overview(wanted.profile, wanted.name)
        }
        if overview.policy == .confirm, wanted.policy != .confirm, !agreed.covers(overview) {
            guard agreed.isNone else { throw Failures.refused(overview, "it was changed meanwhile") }
            let change = "so that no one is asked any more (policy \(wanted.policy.rawValue))"
            try ask("a change of \(Self.names([overview]))", change, nil, [overview], id, client) {
                [unowned self, unowned client] agreed in
                try policy(wanted, id, client, agreed: agreed)
            }
            return
        }
        let note = try note("policy \(wanted.policy.rawValue)", client)
        let revision = try vault(for: client) { (vault) throws(VaultError) in
            try vault.setPolicy(wanted.profile, wanted.name, wanted.policy, note: note)
        }
        reply(client, id, ["revision": revision.json])
    }

    private func ask(
        _ what: String, _ purpose: String, _ reason: String?, _ overviews: [Overview], _ id: Int64, _ client: Client,
        _ again: @escaping (Agreement) throws -> Void
    ) throws(AgentFailure) {
        let first = overviews[0]
        var text = "Kist is asked for \(what), \(purpose).\n\nBy \(Asker.words(client))."
        if let reason { text += "\nIt says: \(PromptText.line(reason))" }
        text += "\nVault: \(PromptText.line(options.vault, most: 100))"
        let now = clock.nanoseconds()
        let attempted = attempt
        client.isBusy = true
        let taken = prompts.ask(text, client.token, at: now) { [unowned self] word in
            guard let client = clients[client.token] else { return }
            client.isBusy = false
            attempt = attempted
            do {
                switch word {
                case nil: throw Failures.locked
                case .agreed: try again(Agreement(overviews))
                case .declined: throw Failures.refused(first, "somebody said no")
                case .timeout: throw Failures.refused(first, "nobody answered")
                case .unavailable: throw Failures.refused(first, "the question could not be shown")
                }
            } catch let failure as AgentFailure {
                recordRefusal(failure)
                if failure.kind == .replaced { session.close() }
                reply(client, id, failure)
            } catch let error as ShapeError {
                reply(client, id, .invalid(error.member))
            } catch { reply(client, id, Failures.io("\(error)")) }
            resume(client)
        }
        guard taken else {
            client.isBusy = false
            throw Failures.refused(first, prompts.refusal(at: now))
        }
    }

    private static func names(_ overviews: [Overview]) -> String {
        let names = overviews.prefix(3).map { "\($0.name) (profile \($0.profile))" }.joined(separator: ", ")
        return overviews.count > 3 ? "\(names) and \(overviews.count - 3) more" : names
    }

    private static func words(_ purpose: RevealRequest.Purpose) -> String {
        switch purpose {
        case .get: "to print them"
        case .run: "to put them into a program"
        case .check: "to try them at their platform"
        case .env: "to write them out as variables"
        case .edit: "to change them"
        case .show: "to show them"
        case .export: "to write them into a file in clear"
        case .render: "to write them into a file for a program"
        case .curl: "to send them to their platform with curl"
        case .proxy: "to put them into a program's requests to their platform"
        case .provider: "to hand them to a tool"
        case .scan: "to look for them in files"
        case .compare: "to compare them with what is to be imported"
        case .seal: "to seal them for other machines"
        }
    }
}
