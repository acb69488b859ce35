internal import KistClient
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `cargo-credential-kist --cargo-plugin`: cargo asks line by line, until it closes its end.
enum CargoProvider: ProviderTool {
    static let name = HelperTool.cargo.rawValue
    static let programName: String? = HelperTool.cargo.programName
    static let abstract = "cargo's credential provider, for crates.io and other registries"
    static let example = "kist provider cargo --cargo-plugin"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.contains("--cargo-plugin") else {
            throw Failure.usage("cargo starts this itself", advice: ["tell it to:  kist setup cargo"])
        }
        // Who has read its words has greeted it, too.
        if exchange.handed == nil {
            exchange.printer.exact(CargoAnswer.hello)
            exchange.printer.flush()
        }
        var input = LineInput(after: exchange.handed?.descriptor, longest: CargoRequest.longest)
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

    /// The credentials for this very index, the one changed last first. Of possibly thousands only the few come that can be
    /// meant; the agent looks through the others.
    static func credentials(_ index: String, _ session: Session) throws(Failure) -> [Overview] {
        let profile = try session.profile()
        guard session.bundlePath == nil, let filter = CargoToken.filter(index) else {
            return CargoToken.find(index, among: try session.overviews(profile))
        }
        let overviews = try session.ask { (agent) throws(ClientError) in
            try agent.list(profile: profile, filter: filter)
        }
        return CargoToken.find(index, among: overviews)
    }

    private static func get(_ request: borrowing CargoRequest, _ exchange: ProviderExchange) throws(Failure) {
        let session = try exchange.session()
        let found = try credentials(request.index, session)
        guard let overview = CargoToken.offered(found, at: request.index, now: session.now) else {
            exchange.printer.exact(CargoAnswer.notFound)
            return
        }
        let question: RevealRequest
        do throws(LoginFault) { question = try CargoToken.question(request, overview) } catch {
            throw Failure(error.message)
        }
        let reply = try session.reveal(question)
        let token = try Failure.of { () throws(LoginFault) in try CargoToken.token(reply, of: overview) }
        exchange.answer(
            try exchange.wire { () throws(ProviderRefusal) in try CargoToken.answer(overview, token) })
    }
}
