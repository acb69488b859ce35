internal import KistClient
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `cargo-credential-kist --cargo-plugin`: cargo asks line by line, until it closes its end.
enum CargoProvider: ProviderTool {
    static let name = "cargo"
    static let programName: String? = "cargo-credential-kist"
    static let abstract = "cargo's credential provider, for crates.io and other registries"
    static let example = "kist provider cargo --cargo-plugin"

    static let platform = "cargo-registry"
    static let indexField = "index"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.contains("--cargo-plugin") else {
            throw Failure.usage("cargo starts this itself", advice: ["tell it to:  kist setup cargo"])
        }
        exchange.printer.exact(CargoAnswer.hello)
        exchange.printer.flush()
        var input = LineInput(longest: CargoRequest.longest)
        while let line = try input.next() {
            do throws(Failure) { try respond(to: line, exchange) } catch {
                exchange.printer.failure(error)
                _ = fail(error, arguments, exchange)
                exchange.forget()
            }
            exchange.printer.flush()
        }
        return ExitCode.done
    }

    /// Cargo shows the message and what it was caused by, and stops.
    static func fail(_ failure: Failure, _ arguments: [String], _ exchange: ProviderExchange) -> Int32 {
        exchange.printer.exact(CargoAnswer.failure("kist: \(failure.message)", causes: failure.advice))
        return failure.code
    }

    private static func respond(to line: borrowing SecretBytes, _ exchange: ProviderExchange) throws(Failure) {
        let request = try exchange.wire { () throws(ProviderRefusal) in
            try line.withBytes { (bytes) throws(ProviderRefusal) in try CargoRequest(bytes) }
        }
        switch request.kind {
        case .get: try get(request, exchange)
        case .login: try CargoLogin.store(request, exchange)
        case .logout: try CargoLogin.erase(request, exchange)
        case .unknown: exchange.printer.exact(CargoAnswer.otherOperation)
        }
    }

    /// The credentials for this very index, the one changed last first.
    static func credentials(_ index: String, _ session: Session) throws(Failure) -> [Overview] {
        let wanted = CargoRequest.bare(index)
        let field = try Read.field(indexField)
        return try overviews(index, session)
            .filter { $0.platform == platform && $0.plainValue(field).map(CargoRequest.bare) == wanted }
            .sorted { ($0.modified, $0.revision) > ($1.modified, $1.revision) }
    }

    /// The few of possibly thousands that can be meant; the agent looks through the others.
    private static func overviews(_ index: String, _ session: Session) throws(Failure) -> [Overview] {
        let profile = try session.profile()
        guard session.bundlePath == nil, let host = host(index) else { return try session.overviews(profile) }
        let name = host.split(separator: ":").first.map(String.init) ?? host
        let filter = [ListFilter(platform: platform, holds: name)]
        return try session.ask { (agent) throws(ClientError) in try agent.list(profile: profile, filter: filter) }
    }

    /// The host of an index as refusals of it are noted, with its port when that is unusual.
    static func host(_ index: String) -> String? {
        WebAddress(CargoRequest.bare(index)).map { String($0.originText.drop { $0 != "/" }.dropFirst(2)) }
    }

    private static func get(_ request: borrowing CargoRequest, _ exchange: ProviderExchange) throws(Failure) {
        let session = try exchange.session()
        let host = host(request.index)
        let found = try credentials(request.index, session).filter { !$0.rejections.contains { $0.host == host } }
        guard let overview = found.first(where: { !$0.expiry.isPast(at: session.now) }) ?? found.first else {
            exchange.printer.exact(CargoAnswer.notFound)
            return
        }
        let token = try Read.field("token")
        let why = ["cargo", request.operation, request.package].compactMap { $0 }.joined(separator: " ")
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: overview.profile, name: overview.name, fields: [token])], purpose: .provider,
                reason: why))
        guard let value = reply.value(0, token) else { throw Failure("\(overview.name) has no token") }
        var expiration: Int64?
        if case .at(let end) = overview.expiry { expiration = end.seconds }
        let end = expiration
        exchange.answer(
            try exchange.wire { () throws(ProviderRefusal) in try CargoAnswer.token(value, expiration: end) })
    }
}
