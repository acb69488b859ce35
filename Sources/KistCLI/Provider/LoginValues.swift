internal import KistClient
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import SecretMemory

/// A credential as a user name and a password, with what else a tool may want of it.
struct LoginValues: ~Copyable {
    let username: String
    let password: SecretBytes
    let refreshToken: SecretBytes?
    let overview: Overview

    /// The field that a refresh token of a tool's is kept in.
    static let refreshField = "refresh_token"

    /// What `found` would be as a login; `nil` when it is none.
    static func form(_ platform: LoginPlatform, _ overview: Overview) -> LoginForm? {
        let plain = Dictionary(
            overview.plain.map { ($0.name.description, $0.value) }, uniquingKeysWith: { first, _ in first })
        return platform.login(
            variant: overview.variant, plain: plain, secrets: overview.secrets.map(\.description))
    }

    /// - Parameters:
    ///   - asked: the user name that the tool wants, if it has said one.
    ///   - reason: for the audit log and for whoever has to agree.
    static func reveal(
        _ found: HostSearch.Found, _ form: LoginForm, asked: String?, reason: String, _ session: Session
    ) throws(Failure) -> LoginValues {
        let overview = found.overview
        let name = overview.name.description
        let own = form.user.text(name: name, plain: found.plain)
        guard let username = form.takesAnyUser ? asked ?? own ?? "kist" : own else {
            throw Failure("\(name) has no user name")
        }
        let fields = overview.secrets.filter {
            $0.description == refreshField || form.password.refers(to: $0.description)
        }
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: overview.profile, name: overview.name, fields: fields)], purpose: .provider,
                reason: reason))
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        let values = FieldValues(overview: item.overview, item: item)
        var password = SecretBuffer()
        let absent = form.password.render(into: &password, name: name) { field, use in values.use(field, reply, use) }
        guard absent.isEmpty else { throw Failure("\(name) has no \(absent.sorted().joined(separator: ", "))") }
        var token: SecretBytes?
        if let field = fields.first(where: { $0.description == refreshField }) { token = reply.value(0, field) }
        return LoginValues(
            username: username, password: password.finish(), refreshToken: token, overview: item.overview)
    }

    private init(
        username: String, password: consuming SecretBytes, refreshToken: consuming SecretBytes?, overview: Overview
    ) {
        self.username = username
        self.password = password
        self.refreshToken = refreshToken
        self.overview = overview
    }
}
