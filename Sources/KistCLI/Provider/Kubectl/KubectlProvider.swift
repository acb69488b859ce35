internal import KistClient
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `kist provider kubectl NAME`: the credential plugin of kubectl and of the client libraries.
enum KubectlProvider: ProviderTool {
    static let name = "kubectl"
    static let abstract = "the credential plugin of kubectl and its kin: NAME"
    static let example = "kist setup kubectl NAME"

    static let variable = "KUBERNETES_EXEC_INFO"
    static let platform = "kubernetes"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.count == 1 else { throw Failure.usage("which credential?", advice: [example]) }
        let name = try Read.credential(arguments[0])
        guard let info = exchange.environment.nonEmpty(variable) else {
            throw Failure.usage("kubectl starts this itself", advice: ["tell it to:  kist setup kubectl \(name)"])
        }
        let request = try exchange.wire { () throws(ProviderRefusal) in try KubectlRequest(info) }
        if !request.isInteractive { exchange.askNobody() }
        let session = try exchange.session()
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        try check(overview, request)
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: profile, name: name)], purpose: .provider,
                reason: "kubectl \(request.server ?? "")"))
        var expiration: String?
        if case .at(let end) = overview.expiry { expiration = end.description }
        let end = expiration
        let (token, certificate, key) = try (
            Read.field("token"), Read.field("client_certificate"), Read.field("client_key")
        )
        if let value = reply.value(0, token) {
            exchange.answer(
                try exchange.wire { () throws(ProviderRefusal) in
                    try KubectlAnswer(version: request.version, expiration: end).token(value)
                })
        } else if let shown = reply.value(0, certificate), let secret = reply.value(0, key) {
            exchange.answer(
                try exchange.wire { () throws(ProviderRefusal) in
                    try KubectlAnswer(version: request.version, expiration: end).certificate(shown, key: secret)
                })
        } else {
            throw Failure("\(name) has neither a token nor a certificate with its key")
        }
        return ExitCode.done
    }

    /// The token goes to the cluster that it is for, and to no other that somebody's configuration names.
    private static func check(_ overview: Overview, _ request: KubectlRequest) throws(Failure) {
        guard overview.platform == platform, let server = overview.plainValue(try Read.field("server")) else {
            throw Failure("\(overview.name) is no credential of a cluster", advice: ["make one:  kist add kubernetes"])
        }
        guard let asked = request.server else {
            throw Failure(
                "kubectl does not say which cluster asks",
                advice: [
                    "provideClusterInfo: true  is missing in its configuration", "kist setup kubectl \(overview.name)",
                ])
        }
        guard let (wanted, own) = same(asked, server), wanted == own else {
            throw Failure(
                "\(overview.name) is for another cluster than the one that asks",
                advice: ["its cluster:  kist show \(overview.name)"], code: ExitCode.notFound)
        }
    }

    private static func same(_ asked: String, _ stored: String) -> (HostQuery, HostQuery)? {
        guard let asked = query(asked), let stored = query(stored) else { return nil }
        return (asked, stored)
    }

    private static func query(_ text: String) -> HostQuery? {
        guard let address = WebAddress(text), address.isSafe else { return nil }
        let shown = address.host.contains(":") ? "[\(address.host)]" : address.host
        return HostQuery(authority: "\(shown):\(address.port)", isSecure: address.isSecure, path: address.path)
    }
}
