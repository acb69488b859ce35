package import KistConnection
package import KistModel
package import KistPlatforms
package import KistProtocol
package import SecretMemory

/// A credential as a user name and a password, with what else a tool may want of it.
package struct LoginValues: ~Copyable {
    package let username: String
    package let password: SecretBytes
    package let refreshToken: SecretBytes?
    package let overview: Overview

    /// The field that a refresh token of a tool's is kept in.
    package static let refreshField = "refresh_token"

    /// What `found` would be as a login; `nil` when it is none.
    package static func form(_ platform: LoginPlatform, _ overview: Overview) -> LoginForm? {
        platform.login(
            variant: overview.variant, secrets: overview.secrets.map(\.description), plain: overview.plainText)
    }

    /// What is to be revealed of a credential, and the user name that goes with it.
    package struct Question {
        package let username: String
        package let request: RevealRequest
        let form: LoginForm
        let name: String

        /// - Parameters:
        ///   - asked: the user name that the tool wants, if it has said one.
        ///   - reason: for the audit log and for whoever has to agree.
        package init(
            _ found: HostSearch.Found, _ form: LoginForm, asked: String?, reason: String
        ) throws(LoginFault) {
            let overview = found.overview
            name = overview.name.description
            let own = form.user.text(name: name, plain: overview.plainText)
            guard let username = form.takesAnyUser ? asked ?? own ?? "kist" : own else {
                throw LoginFault("\(name) has no user name")
            }
            self.username = username
            self.form = form
            let fields = overview.secrets.filter {
                $0.description == LoginValues.refreshField || form.password.refers(to: $0.description)
            }
            request = RevealRequest(
                wants: [Want(profile: overview.profile, name: overview.name, fields: fields)], purpose: .provider,
                reason: reason)
        }
    }

    package init(_ question: Question, _ reply: borrowing RevealReply) throws(LoginFault) {
        guard let item = reply.items.first else { throw LoginFault("the agent answered without the credential") }
        let values = FieldValues(overview: item.overview, item: item)
        var password = SecretBuffer()
        let absent = question.form.password.render(into: &password, name: question.name) { field, use in
            values.use(field, reply, use)
        }
        guard absent.isEmpty else {
            throw LoginFault("\(question.name) has no \(absent.sorted().joined(separator: ", "))")
        }
        let token = item.fields.first { $0.name.description == Self.refreshField }
        self.init(
            username: question.username, password: password.finish(),
            refreshToken: token.map { reply.segments.segment($0.segment) }, overview: item.overview)
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
