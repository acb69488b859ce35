internal import KistCrypto
package import KistModel
internal import KistStore
internal import SecretMemory

extension Vault {
    /// Profiles with the number of credentials in each, by name.
    package func profiles() throws(VaultError) -> [(name: ProfileName, count: Int)] {
        var counts: [ProfileName: Int] = [:]
        try eachOverview { row, _ in counts[row.profile, default: 0] += row.overview == nil ? 0 : 1 }
        return counts.sorted { $0.key < $1.key }.map { (name: $0.key, count: $0.value) }
    }

    /// Records an empty profile. Does nothing when it is recorded already.
    package func createProfile(_ name: ProfileName, note: WriteNote) throws(VaultError) {
        let (keys, contents) = try opened()
        try note.check()
        guard contents.index.newest(keys.lookup(name, nil)) == nil else { return }
        var write = Write(self, keys, contents, making: 1)
        write.mark(name, note)
        _ = try commit(write)
    }

    /// Copies every credential of one profile into another that has none of their names.
    ///
    /// - Returns: how many were copied.
    /// - Throws: `.notFound` when the profile is empty, `.exists` for a name that is there already.
    package func copyProfile(_ from: ProfileName, to: ProfileName, note: WriteNote) throws(VaultError) -> Int {
        let overviews = try list(from)
        guard !overviews.isEmpty else { throw .notFound(profile: from, name: nil, field: nil) }
        let revealed = try reveal(overviews.map { Want(profile: from, name: $0.name) })
        let items = overviews.map { PutItem($0, profile: to, policy: $0.policy, ifRevision: 0) }
        try put(items, secrets: revealed.takeSegments(), note: note)
        return items.count
    }

    /// Removes a profile and all its credentials.
    ///
    /// - Returns: how many credentials were removed.
    package func removeProfile(_ name: ProfileName) throws(VaultError) -> Int {
        let overviews = try list(name)
        let (keys, contents) = try opened()
        let marker = keys.lookup(name, nil)
        let isMarked = contents.index.newest(marker) != nil
        guard isMarked || !overviews.isEmpty else { throw .notFound(profile: name, name: nil, field: nil) }
        var write = Write(self, keys, contents, making: 0)
        for overview in overviews { write.remove(keys.lookup(name, overview.name)) }
        if isMarked { write.remove(marker, isMarker: true) }
        _ = try commit(write)
        return overviews.count
    }
}
