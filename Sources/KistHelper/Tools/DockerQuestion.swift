internal import KistLogins
internal import KistModel
internal import KistPlatforms
internal import KistProviders
internal import SecretMemory

/// `docker-credential-kist get`.
enum DockerQuestion {
    static func answer(_ input: inout ToolInput) throws(Unanswered) -> HelperAnswer {
        let vault = try LightVault()
        let words = try input.whole()
        let server = try Unanswered.unless { () throws(ProviderRefusal) in try DockerRequest.server(words) }
        guard let query = DockerRegistry.query(server) else { throw Unanswered() }
        let found = try vault.find(query) { LoginValues.form($0, $1) != nil }
        guard let best = found.first(where: { !$0.overview.expiry.isPast(at: vault.now) }) else {
            return HelperAnswer(DockerAnswer.notFound + "\n", code: 1)
        }
        guard let form = LoginValues.form(best.platform, best.overview) else { throw Unanswered() }
        let values = try vault.values(best, form, asked: nil, reason: DockerRegistry.reason(query))
        return HelperAnswer(
            try Unanswered.unless { () throws(ProviderRefusal) in
                try DockerAnswer.login(server: server, username: values.username, secret: values.password)
            })
    }
}
