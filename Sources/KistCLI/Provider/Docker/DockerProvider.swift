internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// `docker-credential-kist store|get|erase|list|version`.
enum DockerProvider: ProviderTool {
    static let name = HelperTool.docker.rawValue
    static let programName: String? = HelperTool.docker.programName
    static let abstract = "docker's credential helper: store, get, erase, list, version"
    static let example = "echo registry.example.com | kist provider docker get"

    static let registryPlatform = "docker-registry"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.count == 1 else {
            throw Failure.usage("docker says store, get, erase, list or version, and nothing more")
        }
        switch arguments[0] {
        case "get": return try get(exchange)
        case "store": return try store(exchange)
        case "erase": return try erase(exchange)
        case "list": try list(exchange)
        case "version": exchange.printer.exact("docker-credential-kist (kist) v\(Release.version)\n")
        default: throw Failure.usage("docker says store, get, erase, list or version")
        }
        return ExitCode.done
    }

    /// docker shows what stands on standard output, and knows three texts of those.
    static func fail(_ failure: Failure, _ arguments: [String], _ exchange: ProviderExchange) -> Int32 {
        exchange.printer.exact(failure.message + "\n")
        return 1
    }

    /// One of the texts that docker knows. It asks for every registry that it meets, so nobody else is told.
    private static func say(_ text: String, _ exchange: ProviderExchange) -> Int32 {
        exchange.printer.exact(text + "\n")
        return 1
    }

    private static func server(_ exchange: ProviderExchange) throws(Failure) -> String {
        let input = try exchange.input(atMost: DockerRequest.longest)
        return try exchange.wire { () throws(ProviderRefusal) in try DockerRequest.server(input) }
    }

    private static func get(_ exchange: ProviderExchange) throws(Failure) -> Int32 {
        let server = try server(exchange)
        guard !server.isEmpty else { return say(DockerAnswer.noServer, exchange) }
        guard let query = DockerRegistry.query(server) else { return say(DockerAnswer.notFound, exchange) }
        let session = try exchange.session()
        let found = try HostSearch.find(query, session) { platform, overview in
            LoginValues.form(platform, overview) != nil
        }
        let good = found.first { !$0.overview.expiry.isPast(at: session.now) }
        guard let candidate = good, let form = LoginValues.form(candidate.platform, candidate.overview) else {
            return say(DockerAnswer.notFound, exchange)
        }
        let values = try LoginValues.reveal(candidate, form, asked: nil, reason: DockerRegistry.reason(query), session)
        let answer = try exchange.wire { () throws(ProviderRefusal) in
            try DockerAnswer.login(server: server, username: values.username, secret: values.password)
        }
        exchange.answer(answer)
        return ExitCode.done
    }

    private static func store(_ exchange: ProviderExchange) throws(Failure) -> Int32 {
        let input = try exchange.input(atMost: DockerRequest.longest)
        let login = try exchange.wire { () throws(ProviderRefusal) in try DockerLogin(input) }
        guard !login.server.isEmpty else { return say(DockerAnswer.noServer, exchange) }
        guard !login.username.isEmpty else { return say(DockerAnswer.noUsername, exchange) }
        guard let query = DockerRegistry.query(login.server) else {
            throw Failure.usage("that is no address of a registry to which a secret may go")
        }
        var storing = LoginStoring(
            query: query, username: login.username, password: login.secret.copy(), tool: "docker"
        ) {
            // The token of a whole service answers for its registry too, and is not docker's to replace.
            [registryPlatform, "login"].contains($0.name) && !$0.logins.contains { $0.takesAnyUser }
        }
        storing.platforms = [registryPlatform]
        try storing.store(try exchange.session())
        return ExitCode.done
    }

    private static func erase(_ exchange: ProviderExchange) throws(Failure) -> Int32 {
        let server = try server(exchange)
        guard !server.isEmpty else { return say(DockerAnswer.noServer, exchange) }
        guard let query = DockerRegistry.query(server) else { return say(DockerAnswer.notFound, exchange) }
        try LoginRefusal.note(query, user: nil, password: nil, try exchange.session())
        return ExitCode.done
    }

    /// Registries only: docker takes every address that it is told for one, and may send all of them to a builder.
    private static func list(_ exchange: ProviderExchange) throws(Failure) {
        let session = try exchange.session()
        let now = session.now
        var entries: [(server: String, username: String)] = []
        for overview in try session.overviews(try session.profile()) where overview.platform == registryPlatform {
            guard !overview.expiry.isPast(at: now), let platform = try? session.catalog.loadLogins(overview.platform),
                let form = LoginValues.form(platform, overview),
                let registry = overview.plain.first(where: { $0.name.description == "registry" })?.value,
                let query = DockerRegistry.query(registry),
                !overview.rejections.contains(where: { $0.host == query.text }),
                let user = form.user.text(name: overview.name.description, plain: overview.plainText)
            else { continue }
            // The name of Docker Hub is that of an interface long gone.
            let server = query.host == "index.docker.io" ? "https://index.docker.io/v1/" : registry
            if !entries.contains(where: { $0.server == server }) { entries.append((server, user)) }
        }
        let found = entries
        exchange.answer(try exchange.wire { () throws(ProviderRefusal) in try DockerAnswer.list(found) })
    }
}
