private import KistClient
internal import KistModel
package import KistPlatforms

extension Session {
    package var catalog: PlatformCatalog { PlatformCatalog(userFolder: places.config + "/platforms") }

    /// Reads one platform's file.
    package func platform(_ name: String) throws(Failure) -> Platform {
        do { return try catalog.load(name) } catch {
            switch error {
            case .notFound(let similar):
                // The name may be a secret typed in the wrong place: it is not repeated.
                let advice = similar.isEmpty ? [] : ["did you mean:  " + similar.joined(separator: ", ")]
                throw Failure(
                    "there is no such platform", advice: advice + ["see what there is:  kist platform list"],
                    code: ExitCode.notFound)
            default: throw Failure(error.description)
            }
        }
    }

    /// The platform of a stored credential.
    func platform(of overview: Overview) throws(Failure) -> Platform {
        do { return try catalog.load(overview.platform) } catch {
            guard case .notFound = error else { throw Failure(error.description) }
            throw Failure(
                "the platform of \(overview.name), \(overview.platform), is not known here",
                advice: ["expected:  \(places.config)/platforms/\(overview.platform).toml"], code: ExitCode.notFound)
        }
    }
}
