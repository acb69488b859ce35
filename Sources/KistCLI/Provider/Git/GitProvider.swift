internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// `git-credential-kist get|store|erase`, and `capability` of git 2.46 and later.
enum GitProvider: ProviderTool {
    static let name = HelperTool.git.rawValue
    static let programName: String? = HelperTool.git.programName
    static let abstract = "git's credential helper: get, store, erase, capability"
    static let example = "printf 'protocol=https\\nhost=example.com\\n' | kist provider git get"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        switch arguments.first {
        case "get": try get(exchange)
        case "store": try GitStoring.store(exchange)
        case "erase": try GitStoring.erase(exchange)
        case "capability": exchange.printer.exact(GitAnswer.capabilities)
        case nil: throw Failure.usage("git says get, store or erase", advice: ["kist provider git --help"])
        // Later versions of git may say more; helpers pass over what they do not know.
        default: break
        }
        return ExitCode.done
    }

    /// What could not be answered for lack of a vault stops git: a prompt after that would ask for what is stored already.
    static func fail(_ failure: Failure, _ arguments: [String], _ exchange: ProviderExchange) -> Int32 {
        if arguments.first == "get" { exchange.printer.exact(GitAnswer.quit) }
        return failure.code
    }

    static func request(_ exchange: ProviderExchange) throws(Failure) -> GitRequest {
        let input = try exchange.input(atMost: GitRequest.longest)
        return try exchange.wire { () throws(ProviderRefusal) in try GitRequest(input) }
    }

    /// Exactly where git wants to log in.
    static func query(_ request: borrowing GitRequest, _ exchange: ProviderExchange) -> HostQuery? {
        let query = GitLogin.query(request)
        if query == nil, request.scheme == "http", request.host?.isEmpty == false {
            exchange.printer.note("nothing is handed out or kept for plain http")
        }
        return query
    }

    private static func get(_ exchange: ProviderExchange) throws(Failure) {
        let request = try request(exchange)
        guard let query = query(request, exchange) else { return }
        let session = try exchange.session()
        let user = request.username
        let takesHeader = request.takesAuthtype
        let found = try HostSearch.find(query, session) { platform, overview in
            GitLogin.fits(platform, overview, user: user, takesHeader: takesHeader)
        }
        for candidate in found {
            if candidate.overview.expiry.isPast(at: session.now) {
                exchange.printer.note(Phrase("\(candidate.overview.name) has expired"))
                continue
            }
            guard let form = GitLogin.form(candidate.platform, candidate.overview) else { continue }
            let values = try LoginValues.reveal(candidate, form, asked: user, reason: GitLogin.reason(query), session)
            let answer = try exchange.wire { () throws(ProviderRefusal) in try GitLogin.answer(values) }
            return exchange.answer(answer)
        }
    }
}
