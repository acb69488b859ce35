internal import KistClient
internal import KistModel
internal import KistProtocol

extension Session {
    /// The advice of a failure, and where the credential may be that was not found: a name that is nearly the same, or the
    /// same name in another profile.
    func pointing(_ failure: Failure, _ error: ClientError) -> Failure {
        // A helper that a tool waits for has no time for it, and nobody reads it there.
        guard case .agent(let facts) = error, facts.kind == .notFound, options.patience == nil,
            let name = facts["name"]?.string, let profile = facts["profile"]?.string, facts["field"] == nil,
            facts["revision"] == nil, let all = try? agentOrClientError().list(profile: nil)
        else { return failure }
        let here = all.filter { $0.profile.description == profile }.map(\.name.description)
        let near = Likeness.names(like: name, in: here)
        let elsewhere = all.filter { $0.name.description == name }.map(\.profile.description)
        var failure = failure
        var first: [String] = []
        if !near.isEmpty { first.append("did you mean:       \(near.joined(separator: ", "))") }
        if !elsewhere.isEmpty {
            first.append("one is in profile:  \(elsewhere.sorted().prefix(4).joined(separator: ", "))")
        }
        failure.advice.insert(contentsOf: first, at: 0)
        return failure
    }
}
