internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// `docker-credential-kist store|get|erase|list|version`.
enum DockerProvider: ProviderTool {
    static let name = "docker"
    static let programName: String? = "docker-credential-kist"
    static let abstract = "docker's credential helper: store, get, erase, list, version"
    static let example = "echo registry.example.com | kist provider docker get"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.count == 1 else {
            throw Failure.usage("docker says store, get, erase, list or version, and nothing more")
        }
        switch arguments[0] {
        case "get": try get(exchange)
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

    /// Where docker wants to log in. It writes addresses with and without a scheme, and with the path of the interface.
    static func query(_ server: String) -> HostQuery? {
        var text = server[...]
        var isSecure: Bool?
        for (scheme, secure) in [("https://", true), ("http://", false)] where text.lowercased().hasPrefix(scheme) {
            text = text.dropFirst(scheme.count)
            isSecure = secure
        }
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let path = String(text[slash...])
        let usual = ["", "/", "/v1", "/v1/", "/v2", "/v2/"]
        return HostQuery(
            authority: String(text[..<slash]), isSecure: isSecure, path: usual.contains(path) ? nil : path)
    }

    private static func get(_ exchange: ProviderExchange) throws(Failure) {
        let input = try exchange.input(atMost: DockerRequest.longest)
        let server = try exchange.wire { () throws(ProviderRefusal) in try DockerRequest.server(input) }
        guard !server.isEmpty else { throw Failure(DockerAnswer.noServer) }
        guard let query = query(server) else { throw Failure(DockerAnswer.notFound) }
        let session = try exchange.session()
        let found = try HostSearch.find(query, session) { platform, overview in
            LoginValues.form(platform, overview) != nil
        }
        let good = found.first { !$0.overview.expiry.isPast(at: session.now) }
        guard let candidate = good, let form = LoginValues.form(candidate.platform, candidate.overview) else {
            throw Failure(DockerAnswer.notFound)
        }
        let values = try LoginValues.reveal(candidate, form, asked: nil, reason: "docker \(query.text)", session)
        let answer = try exchange.wire { () throws(ProviderRefusal) in
            try DockerAnswer.login(server: server, username: values.username, secret: values.password)
        }
        exchange.answer(answer)
    }
}
