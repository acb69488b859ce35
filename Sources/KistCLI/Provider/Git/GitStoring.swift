internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// What git found out: that a login is good (`store`), or that it was refused (`erase`).
enum GitStoring {
    static func store(_ exchange: ProviderExchange) throws(Failure) {
        let request = try GitProvider.request(exchange)
        guard let query = GitProvider.query(request, exchange), !request.isEphemeral else { return }
        guard let secret = secret(request) else { return }
        let authtype = isHeader(request) ? request.authtype : nil
        guard authtype != nil || request.username != nil else { return }
        // A registry's password is another tool's, whatever git may get for the same host.
        var login = LoginStoring(query: query, username: request.username ?? "", password: secret, tool: "git") {
            $0.name != DockerProvider.registryPlatform
        }
        login.authtype = authtype
        if let seconds = request.expiry {
            let moment = Timestamp(seconds: seconds)
            guard moment.isWritable else { throw Failure.usage("password_expiry_utc: it is no moment") }
            login.expiry = .at(moment)
        }
        switch request.refreshToken {
        case .some(let token): login.refreshToken = token.copy()
        case .none: break
        }
        login.platforms = LoginPlatform.builtIn.filter { $0.isAlways(at: query.host) }.map(\.name)
        try login.store(try exchange.session())
    }

    static func erase(_ exchange: ProviderExchange) throws(Failure) {
        let request = try GitProvider.request(exchange)
        guard let query = GitProvider.query(request, exchange) else { return }
        try LoginRefusal.note(
            query, user: request.username, password: secret(request), try exchange.session())
    }

    /// A whole header goes before a password.
    private static func secret(_ request: borrowing GitRequest) -> SecretBytes? {
        switch request.credential {
        case .some(let credential): return credential.copy()
        case .none: break
        }
        switch request.password {
        case .some(let password): return password.copy()
        case .none: return nil
        }
    }

    private static func isHeader(_ request: borrowing GitRequest) -> Bool {
        switch request.credential {
        case .some: true
        case .none: false
        }
    }
}
