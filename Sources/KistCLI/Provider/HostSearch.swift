internal import KistClient
internal import KistModel
internal import KistPlatforms
internal import KistProtocol

/// Which credential answers where a tool wants to log in: exact hosts only, those of the platforms' files.
enum HostSearch {
    struct Found {
        let overview: Overview
        let platform: LoginPlatform
        let match: HostMatch

        var plain: [String: String] {
            Dictionary(uniqueKeysWithValues: overview.plain.map { ($0.name.description, $0.value) })
        }
    }

    /// What may be offered there, the best first: the one for this very path, then the one changed last.
    ///
    /// - Parameters:
    ///   - isOffering: leave out what was refused there.
    ///   - usable: which credentials the tool could use at all.
    static func find(
        _ query: HostQuery, _ session: Session, isOffering: Bool = true, usable: (LoginPlatform, Overview) -> Bool
    ) throws(Failure) -> [Found] {
        let profile = try session.profile()
        let overviews = try overviews(query, profile, session)
        // Few enough to look through: a dictionary's type alone takes longer to make.
        var platforms: [(name: String, platform: LoginPlatform?)] = []
        var found: [Found] = []
        for overview in overviews {
            if !platforms.contains(where: { $0.name == overview.platform }) {
                // A file of the user's that cannot be read harms nobody but its own credentials.
                platforms.append((overview.platform, try? session.catalog.loadLogins(overview.platform)))
            }
            let known = platforms.first { $0.name == overview.platform }?.platform
            if isOffering, overview.rejections.contains(where: { $0.host == query.text }) { continue }
            guard let platform = known, usable(platform, overview) else { continue }
            let plain = Dictionary(uniqueKeysWithValues: overview.plain.map { ($0.name.description, $0.value) })
            guard let match = platform.answers(query, name: overview.name.description, plain: plain) else { continue }
            found.append(Found(overview: overview, platform: platform, match: match))
        }
        return found.sorted {
            ($0.match, $0.overview.modified, $0.overview.revision) > (
                $1.match, $1.overview.modified, $1.overview.revision
            )
        }
    }

    /// The few of possibly thousands that can be meant; the agent looks through the others.
    private static func overviews(
        _ query: HostQuery, _ profile: ProfileName, _ session: Session
    ) throws(Failure) -> [Overview] {
        var filter: [ListFilter] = []
        for platform in LoginPlatform.builtIn {
            if platform.isAlways(at: query.host) {
                filter.append(ListFilter(platform: platform.name))
            } else if platform.asksCredentials {
                filter.append(ListFilter(platform: platform.name, holds: query.host))
            }
        }
        for name in session.catalog.ownNames() { filter.append(ListFilter(platform: name)) }
        guard session.bundlePath == nil, filter.count <= ListFilter.most else { return try session.overviews(profile) }
        let lines = filter
        return try session.ask { (agent) throws(ClientError) in try agent.list(profile: profile, filter: lines) }
    }
}
