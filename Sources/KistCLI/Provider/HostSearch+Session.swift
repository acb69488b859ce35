internal import KistClient
internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProtocol

extension HostSearch {
    /// What this vault, or bundle, may offer there.
    static func find(
        _ query: HostQuery, _ session: Session, isOffering: Bool = true, usable: (LoginPlatform, Overview) -> Bool
    ) throws(Failure) -> [Found] {
        let profile = try session.profile()
        let overviews: [Overview]
        if session.bundlePath == nil, let filter = filter(query, own: session.catalog.ownNames()) {
            overviews = try session.ask { (agent) throws(ClientError) in
                try agent.list(profile: profile, filter: filter)
            }
        } else {
            overviews = try session.overviews(profile)
        }
        return find(
            query, among: overviews, isOffering: isOffering,
            // A file of the user's that cannot be read harms nobody but its own credentials.
            platform: { try? session.catalog.loadLogins($0) }, usable: usable)
    }
}

extension LoginValues {
    static func reveal(
        _ found: HostSearch.Found, _ form: LoginForm, asked: String?, reason: String, _ session: Session
    ) throws(Failure) -> LoginValues {
        let question = try Failure.of { () throws(LoginFault) in
            try Question(found, form, asked: asked, reason: reason)
        }
        let reply = try session.reveal(question.request)
        return try Failure.of { () throws(LoginFault) in try LoginValues(question, reply) }
    }
}

extension Failure {
    /// A credential that was found and is no answer is a failure.
    static func of<R: ~Copyable>(_ body: () throws(LoginFault) -> R) throws(Failure) -> R {
        do throws(LoginFault) { return try body() } catch { throw Failure(error.message) }
    }
}
