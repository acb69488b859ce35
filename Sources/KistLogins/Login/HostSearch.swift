package import KistModel
package import KistPlatforms
package import KistProtocol

/// Which credential answers where a tool wants to log in: exact hosts only, those of the platforms' files.
///
/// Nothing is asked here: what is to be asked goes out as a filter, and what came in is looked through.
package enum HostSearch {
    package struct Found {
        package let overview: Overview
        package let platform: LoginPlatform
        package let match: HostMatch

        package var plain: [String: String] { overview.plainTexts }
    }

    /// The few of possibly thousands that can be meant; the agent looks through the others.
    ///
    /// - Parameter own: the names of the user's own platforms, whose hosts nobody knows without reading them.
    /// - Returns: `nil` when they are too many for one filter.
    package static func filter(_ query: HostQuery, own: [String]) -> [ListFilter]? {
        var filter: [ListFilter] = []
        for platform in LoginPlatform.builtIn {
            if platform.isAlways(at: query.host) {
                filter.append(ListFilter(platform: platform.name))
            } else if platform.asksCredentials {
                filter.append(ListFilter(platform: platform.name, holds: query.host))
            }
        }
        for name in own { filter.append(ListFilter(platform: name)) }
        return filter.count <= ListFilter.most ? filter : nil
    }

    /// What may be offered there, the best first: the one for this very path, then the one changed last.
    ///
    /// - Parameters:
    ///   - isOffering: leave out what was refused there.
    ///   - platform: what is known of a platform by its name, asked once for each.
    ///   - usable: which credentials the tool could use at all.
    package static func find(
        _ query: HostQuery, among overviews: [Overview], isOffering: Bool = true,
        platform load: (String) -> LoginPlatform?, usable: (LoginPlatform, Overview) -> Bool
    ) -> [Found] {
        // Few enough to look through: a dictionary's type alone takes longer to make.
        var platforms: [(name: String, platform: LoginPlatform?)] = []
        var found: [Found] = []
        for overview in overviews {
            if !platforms.contains(where: { $0.name == overview.platform }) {
                platforms.append((overview.platform, load(overview.platform)))
            }
            let known = platforms.first { $0.name == overview.platform }?.platform
            if isOffering, overview.rejections.contains(where: { $0.host == query.text }) { continue }
            guard let platform = known, usable(platform, overview),
                let match = platform.answers(query, name: overview.name.description, plain: overview.plainTexts)
            else { continue }
            found.append(Found(overview: overview, platform: platform, match: match))
        }
        return found.sorted {
            ($0.match, $0.overview.modified, $0.overview.revision) > (
                $1.match, $1.overview.modified, $1.overview.revision
            )
        }
    }
}

extension Overview {
    /// The plain fields as texts by name.
    package var plainTexts: [String: String] {
        Dictionary(plain.map { ($0.name.description, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
