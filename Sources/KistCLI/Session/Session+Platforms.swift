private import KistClient
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
}
