internal import KistModel
internal import KistStore

extension Vault {
    /// Opens every row before a change of the root begins: one that does not open would stop it for good, half way.
    ///
    /// - Throws: `.damaged`, with the name of the credential when one of its revisions still says it.
    func checkRows() throws(VaultError) {
        do throws(VaultError) { _ = try verify() } catch {
            guard case .damaged(let why) = error, let name = try nameOfDamaged() else { throw error }
            throw .damaged("\(why): \(name)")
        }
    }

    private func nameOfDamaged() throws(VaultError) -> String? {
        let (keys, contents) = try opened()
        for page in contents.index.pages {
            for position in 0..<page.count / IndexEntry.byteCount {
                let entry = page.withUnsafeBytes { IndexEntry(Index.slice($0, position)) }
                if (try? row(keys, entry)) != nil { continue }
                let lookup = entry.place.lookup
                for revision in contents.index.all(lookup, contents.index.pageNumber(lookup)) {
                    guard let stored = try? overview(keys, revision) else { continue }
                    guard let name = stored.overview?.name else { return "the profile \(stored.profile)" }
                    return "\(name) in the profile \(stored.profile)"
                }
            }
        }
        return nil
    }
}
