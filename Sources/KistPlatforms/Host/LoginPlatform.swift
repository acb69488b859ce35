/// What a platform's file says about logins: all that a helper needs to answer, which tools start again and again.
package struct LoginPlatform: Hashable, Sendable {
    package let name: String
    /// Host names for which the credential may be offered.
    package let hosts: [Template]
    /// How it is written as a user name and a password; empty when it is not one.
    package let logins: [LoginForm]

    /// - Parameter plain: the plain value of a field.
    package func login(variant: String?, secrets: [String], plain: (String) -> String?) -> LoginForm? {
        for form in logins where form.condition.holds(variant: variant, secrets: secrets, plain: plain) { return form }
        return nil
    }
}

extension Platform {
    package var forLogins: LoginPlatform { LoginPlatform(name: name, hosts: hosts, logins: logins) }
}

extension PlatformCatalog {
    /// As `load`, of the file only what a login needs: nothing is read when it is one of those that come with Kist.
    package func loadLogins(_ name: String) throws(PlatformError) -> LoginPlatform {
        if !hasFile(name), let known = LoginPlatform.builtIn.first(where: { $0.name == name }) { return known }
        return try load(name).forLogins
    }
}

extension LoginPlatform {
    /// The platforms that come with Kist and have a `[[basic]]`, as their files say it. A test holds the two together.
    package static let builtIn: [LoginPlatform] = [
        LoginPlatform(
            name: "docker-registry", hosts: [.field("registry"), .field("url", .host)],
            logins: [.login("username", "password")]),
        LoginPlatform(
            name: "github",
            hosts: [.only("github.com"), .only("api.github.com"), .only("ghcr.io"), .only("npm.pkg.github.com")],
            logins: [.login("username", "token", takesAnyUser: true)]),
        LoginPlatform(
            name: "gitlab", hosts: [.field("url", .host)], logins: [.login("username", "token", takesAnyUser: true)]),
        LoginPlatform(
            name: "huggingface", hosts: [.field("url", .host)],
            logins: [.login("username", "token", takesAnyUser: true)]),
        LoginPlatform(
            name: "login", hosts: [.field("url", .host)], logins: [.login("username", "password", unless: "authtype")]),
        LoginPlatform(name: "pypi", hosts: [.field("url", .host)], logins: [.login("username", "token")]),
    ]

    /// Whether it answers for this host whatever its credentials say.
    package func isAlways(at host: String) -> Bool { hosts.contains { $0.parts == [.literal(host)] } }

    /// Whether it is for its credentials to say for which hosts they are.
    package var asksCredentials: Bool {
        hosts.contains { $0.parts.contains { if case .field = $0 { true } else { false } } }
    }
}

extension Template {
    fileprivate static func field(_ name: String, _ encoding: TemplateEncoding = .none) -> Template {
        Template(parts: [.field(name, encoding)])
    }

    fileprivate static func only(_ text: String) -> Template { Template(parts: [.literal(text)]) }
}

extension LoginForm {
    fileprivate static func login(
        _ user: String, _ password: String, takesAnyUser: Bool = false, unless: String? = nil
    ) -> LoginForm {
        var condition = Condition.always
        if let unless { condition.unless = [unless] }
        return LoginForm(
            user: .field(user), password: .field(password), condition: condition, takesAnyUser: takesAnyUser)
    }
}
