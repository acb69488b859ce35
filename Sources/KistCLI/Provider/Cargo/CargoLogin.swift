internal import KistClient
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `cargo login` and `cargo logout`.
enum CargoLogin {
    /// A new revision of the credential for this very index, or a new credential.
    static func store(_ request: borrowing CargoRequest, _ exchange: ProviderExchange) throws(Failure) {
        let session = try exchange.session()
        let platform = try session.platform(CargoToken.platform)
        let found = try CargoProvider.credentials(request.index, session).first
        let token = try token(request, session)
        let bare = CargoRequest.bare(request.index)
        let variant = found?.variant ?? (bare == "https://index.crates.io" ? "crates-io" : "registry")
        var draft = CredentialDraft(platform: platform, variant: variant)
        if let found {
            // A date that somebody had noted was that of the token before.
            let dates = Set(platform.fields(variant: variant).filter(\.isExpiry).map(\.name))
            for field in found.plain where !dates.contains(field.name.description) {
                try draft.setPlain(field.name.description, field.value)
            }
        } else {
            try draft.setPlain(CargoToken.indexField, bare)
            if variant == "registry", let name = request.registry { try draft.setPlain("registry", name) }
        }
        try draft.take("token", token)
        let completion = try Completing.complete(draft)
        let name = if let found { found.name } else { try freeName(request.registry, session) }
        let item = PutItem(
            profile: try session.profile(), name: name, platform: platform.name, variant: variant,
            plain: try Completing.plain(completion), secrets: draft.secrets.names,
            expiry: Completing.expiry(platform, variant, completion) ?? .never, note: found?.note,
            ifRevision: found?.revision ?? 0)
        let segments = draft.secrets.segments(in: item.secrets)
        _ = try session.ask { (agent) throws(ClientError) in
            try agent.put([item], secrets: segments, why: "cargo login")
        }
        exchange.printer.note("stored as \(Phrase(name.description))")
        exchange.printer.exact(CargoAnswer.loggedIn)
    }

    /// What is stored stays stored, and is not offered there any more until it is changed.
    static func erase(_ request: borrowing CargoRequest, _ exchange: ProviderExchange) throws(Failure) {
        let session = try exchange.session()
        let found = try CargoProvider.credentials(request.index, session)
        guard !found.isEmpty, let host = CargoToken.host(request.index) else {
            exchange.printer.exact(CargoAnswer.notFound)
            return
        }
        for overview in found {
            let refused = RejectRequest(profile: overview.profile, name: overview.name, host: host)
            _ = try session.ask { (agent) throws(ClientError) in try agent.reject(refused) }
        }
        exchange.printer.note(
            "it stays in the vault, and cargo gets it no more until it is changed: cargo login, kist edit")
        exchange.printer.exact(CargoAnswer.loggedOut)
    }

    private static func token(_ request: borrowing CargoRequest, _ session: Session) throws(Failure) -> SecretBytes {
        switch request.token {
        case .some(let token): return token.copy()
        case .none: break
        }
        guard let terminal = session.person() else {
            throw Failure("there is no terminal to ask for the token", advice: ["cargo login < FILE"])
        }
        let place = request.loginURL ?? request.registry ?? request.index
        session.printer.flush()
        return try terminal.askSecret("Token of \(place): ")
    }

    /// A name that nobody has yet.
    private static func freeName(_ registry: String?, _ session: Session) throws(Failure) -> CredentialName {
        let taken = Set(try session.overviews(try session.profile()).map(\.name.description))
        let wish = registry.flatMap { try? CredentialName($0) }?.description ?? "cargo"
        for number in 1...1_000 {
            let text = number == 1 ? wish : "\(wish.prefix(56))-\(number)"
            if !taken.contains(text) { return try Read.credential(text) }
        }
        throw Failure("no name is free for it")
    }
}
