internal import KistClient
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProtocol
internal import SecretMemory

/// A place refused a login, or somebody logged out there. It is noted and not offered there again until it is changed; the
/// only copy of a secret is never destroyed by a tool.
enum LoginRefusal {
    /// - Parameters:
    ///   - user: whose; `nil` for whoever it is.
    ///   - password: what was refused; a credential that has another value by now is left alone.
    static func note(
        _ query: HostQuery, user: String?, password: borrowing SecretBytes?, _ session: Session
    ) throws(Failure) {
        let found = try HostSearch.find(query, session) { platform, overview in
            GitLogin.fits(platform, overview, user: user, takesHeader: true)
        }
        for candidate in found {
            guard let form = GitLogin.form(candidate.platform, candidate.overview) else { continue }
            let overview = candidate.overview
            var request = RejectRequest(profile: overview.profile, name: overview.name, host: query.text)
            var value = SecretSegments()
            switch password {
            case .some(let password):
                // What is put together of several values cannot be compared with one.
                guard form.password.parts.count == 1, let field = form.password.fields.first else { continue }
                request.field = try Read.field(field)
                value = SecretSegments(password.copy())
            case .none: break
            }
            let asked = request
            _ = try session.ask { (agent) throws(ClientError) in try agent.reject(asked, value: value) }
        }
    }
}
