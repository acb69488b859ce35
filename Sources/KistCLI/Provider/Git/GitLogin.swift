internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// A credential as git takes it: a user name and a password, or a whole header.
enum GitLogin {
    /// The plain field that says that the password is what stands behind it in an `Authorization` header.
    static let authtypeField = "authtype"

    static func authtype(_ overview: Overview) -> String? {
        overview.plain.first { $0.name.description == authtypeField }?.value
    }

    static func form(_ platform: LoginPlatform, _ overview: Overview) -> LoginForm? {
        guard authtype(overview) != nil else { return LoginValues.form(platform, overview) }
        // The header has no user name in it.
        var bare = overview
        bare.plain.removeAll { $0.name.description == authtypeField }
        return LoginValues.form(platform, bare).map {
            LoginForm(user: Template(parts: []), password: $0.password, condition: .always, takesAnyUser: true)
        }
    }

    static func fits(_ platform: LoginPlatform, _ overview: Overview, user: String?, takesHeader: Bool) -> Bool {
        guard let form = form(platform, overview) else { return false }
        if authtype(overview) != nil { return takesHeader }
        guard let user, !form.takesAnyUser else { return true }
        let plain = Dictionary(
            overview.plain.map { ($0.name.description, $0.value) }, uniquingKeysWith: { first, _ in first })
        return form.user.text(name: overview.name.description, plain: plain) == user
    }

    static func answer(
        _ found: HostSearch.Found, _ query: HostQuery, user: String?, _ exchange: ProviderExchange
    ) throws(Failure) -> SecretBytes {
        guard let form = form(found.platform, found.overview) else {
            throw Failure("\(found.overview.name) is no login")
        }
        let values = try LoginValues.reveal(
            found, form, asked: user, reason: "git \(query.text)", try exchange.session())
        return try exchange.wire { () throws(ProviderRefusal) in
            var answer = GitAnswer()
            if let authtype = authtype(values.overview) {
                try answer.header(authtype: authtype, credential: values.password)
            } else {
                try answer.login(username: values.username, password: values.password)
            }
            if case .at(let end) = values.overview.expiry { try answer.expiry(end.seconds) }
            switch values.refreshToken {
            case .some(let token): try answer.refreshToken(token)
            case .none: break
            }
            return answer.finish()
        }
    }
}
