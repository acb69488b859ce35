package import KistModel
package import KistPlatforms
package import KistProviders
package import SecretMemory

/// A credential as git takes it: a user name and a password, or a whole header.
package enum GitLogin {
    /// The plain field that says that the password is what stands behind it in an `Authorization` header.
    package static let authtypeField = "authtype"

    /// Exactly where git wants to log in; `nil` for anything but http and https with a host, and for plain http to another
    /// machine.
    package static func query(_ request: borrowing GitRequest) -> HostQuery? {
        guard let scheme = request.scheme, scheme == "https" || scheme == "http", let host = request.host,
            !host.isEmpty
        else { return nil }
        return HostQuery(authority: host, isSecure: scheme == "https", path: request.path)
    }

    /// For the audit log and for whoever has to agree.
    package static func reason(_ query: HostQuery) -> String { "git \(query.text)" }

    package static func authtype(_ overview: Overview) -> String? { overview.plainText(authtypeField) }

    package static func form(_ platform: LoginPlatform, _ overview: Overview) -> LoginForm? {
        guard authtype(overview) != nil else { return LoginValues.form(platform, overview) }
        // The header has no user name in it.
        var bare = overview
        bare.plain.removeAll { $0.name.description == authtypeField }
        return LoginValues.form(platform, bare).map {
            LoginForm(user: Template(parts: []), password: $0.password, condition: .always, takesAnyUser: true)
        }
    }

    package static func fits(
        _ platform: LoginPlatform, _ overview: Overview, user: String?, takesHeader: Bool
    ) -> Bool {
        guard let form = form(platform, overview) else { return false }
        if authtype(overview) != nil { return takesHeader }
        guard let user, !form.takesAnyUser else { return true }
        return form.user.text(name: overview.name.description, plain: overview.plainText) == user
    }

    package static func answer(_ values: borrowing LoginValues) throws(ProviderRefusal) -> SecretBytes {
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
