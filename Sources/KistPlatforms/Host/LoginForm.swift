/// How a credential is written as a user name and a password: what git, docker and others of their kind take.
package struct LoginForm: Hashable, Sendable {
    /// Plain fields only.
    package let user: Template
    package let password: Template
    package let condition: Condition
    /// Whether the platform takes any user name: that of the form is only a stand-in.
    package let takesAnyUser: Bool

    package init(user: Template, password: Template, condition: Condition, takesAnyUser: Bool) {
        self.user = user
        self.password = password
        self.condition = condition
        self.takesAnyUser = takesAnyUser
    }
}

extension Platform {
    package func login(variant: String?, plain: [String: String], secrets: Set<String>) -> LoginForm? {
        logins.first { $0.condition.holds(variant: variant, plain: plain, secrets: secrets) }
    }
}

extension BuiltInPlatforms {
    /// The platforms that have a `[[basic]]`, with their `hosts` as they stand in their files, so that a helper reads the
    /// files of those only that can answer. A test holds it to the files.
    package static let logins: [String: [String]] = [
        "docker-registry": ["{registry}", "{url|host}"],
        "github": ["github.com", "api.github.com", "ghcr.io", "npm.pkg.github.com"],
        "gitlab": ["{url|host}"],
        "huggingface": ["{url|host}"],
        "login": ["{url|host}"],
        "pypi": ["{url|host}"],
    ]
}
