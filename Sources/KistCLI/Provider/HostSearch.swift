internal import KistModel
internal import KistPlatforms

/// Which credential answers where a tool wants to log in: exact hosts only, those of the platforms' files.
enum HostSearch {
    struct Found {
        let overview: Overview
        let platform: Platform
        let match: HostMatch

        var plain: [String: String] {
            Dictionary(uniqueKeysWithValues: overview.plain.map { ($0.name.description, $0.value) })
        }
    }

    /// What may be offered there, the best first: the one for this very path, then the one changed last.
    ///
    /// - Parameter usable: which credentials the tool could use at all.
    static func find(
        _ query: HostQuery, _ session: Session, usable: (Platform, Overview) -> Bool
    ) throws(Failure) -> [Found] {
        let profile = try session.profile()
        let overviews = try session.overviews(profile)
        var platforms: [String: Platform?] = [:]
        var found: [Found] = []
        for overview in overviews {
            if platforms[overview.platform] == nil {
                // A file of the user's that cannot be read harms nobody but its own credentials.
                platforms[overview.platform] = .some(try? session.catalog.load(overview.platform))
            }
            guard let platform = platforms[overview.platform] ?? nil, usable(platform, overview) else { continue }
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
}
