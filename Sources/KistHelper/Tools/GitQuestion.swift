internal import KistLogins
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// `git-credential-kist get`.
enum GitQuestion {
    static func answer(_ input: inout ToolInput) throws(Unanswered) -> HelperAnswer {
        let vault = try LightVault()
        let words = try input.whole()
        let request = try Unanswered.unless { () throws(ProviderRefusal) in try GitRequest(words) }
        guard let query = GitLogin.query(request) else { throw Unanswered() }
        let user = request.username
        let takesHeader = request.takesAuthtype
        let found = try vault.find(query) { platform, overview in
            GitLogin.fits(platform, overview, user: user, takesHeader: takesHeader)
        }
        // Nothing to say is an answer: git asks its next helper.
        guard let best = found.first else { return HelperAnswer("") }
        guard let form = GitLogin.form(best.platform, best.overview) else { throw Unanswered() }
        let values = try vault.values(best, form, asked: user, reason: GitLogin.reason(query))
        return HelperAnswer(try Unanswered.unless { () throws(ProviderRefusal) in try GitLogin.answer(values) })
    }
}
