internal import KistClient
internal import KistModel
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `kist provider gcp NAME`: the executable that Google's client libraries ask for a subject token.
enum GCPProvider: ProviderTool {
    static let name = "gcp"
    static let abstract = "the executable of Google's workload identity: NAME"
    static let example = "kist setup gcp NAME"

    static let platform = "gcp-workload-identity"
    static let audience = "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE"
    static let tokenType = "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.count == 1 else { throw Failure.usage("which credential?", advice: [example]) }
        let name = try Read.credential(arguments[0])
        guard let audience = exchange.environment.nonEmpty(audience),
            let asked = exchange.environment.nonEmpty(tokenType)
        else {
            throw Failure.usage(
                "Google's client library starts this itself", advice: ["tell it to:  kist setup gcp \(name)"])
        }
        if exchange.environment["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] != "1" { exchange.askNobody() }
        try exchange.wire { () throws(ProviderRefusal) in
            try WireText.check(audience, Self.audience)
            try WireText.check(asked, Self.tokenType)
        }
        let session = try exchange.session()
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        guard overview.platform == platform else {
            throw Failure("\(name) is no workload identity", advice: ["make one:  kist add \(platform)"])
        }
        let type = try type(overview, audience, asked)
        let field = try Read.field("subject_token")
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: profile, name: name, fields: [field])], purpose: .provider,
                reason: "Google Cloud \(audience)"))
        guard let token = reply.value(0, field) else { throw Failure("\(name) has no subject token") }
        var expiration: Int64?
        if case .at(let end) = overview.expiry { expiration = end.seconds }
        let end = expiration
        exchange.answer(
            try exchange.wire { () throws(ProviderRefusal) in try GCPAnswer.token(token, type, expiration: end) })
        return ExitCode.done
    }

    /// The library's own form; it shows what stands on standard error with it.
    static func fail(_ failure: Failure, _ arguments: [String], _ exchange: ProviderExchange) -> Int32 {
        exchange.printer.exact(GCPAnswer.failure(code: String(failure.code), message: failure.message))
        return failure.code
    }

    /// The token is for one audience and of one type; another that somebody's file names gets nothing.
    private static func type(
        _ overview: Overview, _ audience: String, _ asked: String
    ) throws(Failure) -> GCPAnswer.TokenType {
        guard overview.plainValue(try Read.field("audience")) == audience else {
            throw Failure(
                "\(overview.name) is for another audience than the one that asks",
                advice: ["its audience:  kist show \(overview.name)"], code: ExitCode.notFound)
        }
        guard let type = GCPAnswer.TokenType(rawValue: asked),
            overview.plainValue(try Read.field("subject_token_type")) == asked
        else { throw Failure("\(overview.name) is a token of another type than is asked for", code: ExitCode.notFound) }
        return type
    }
}
