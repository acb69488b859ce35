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
        // Few enough to look through: the type alone of a dictionary, or of an array of pairs, takes longer to make.
        var known: [LoginPlatform] = []
        var unknown: [String] = []
        func platform(_ name: String) -> LoginPlatform? {
            if let one = known.first(where: { $0.name == name }) { return one }
            guard !unknown.contains(name) else { return nil }
            guard let loaded = load(name) else {
                unknown.append(name)
                return nil
            }
            known.append(loaded)
            return loaded
        }
        var found: [Found] = []
        for overview in overviews {
            guard let platform = platform(overview.platform) else { continue }
            if isOffering, overview.rejections.contains(where: { $0.host == query.text }) { continue }
            guard usable(platform, overview),
                let match = platform.answers(query, name: overview.name.description, plain: overview.plainText)
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
    /// The value of a plain field; what a dictionary would be made for takes longer to make.
    package func plainText(_ field: String) -> String? { plain.first { $0.name.description == field }?.value }
}
