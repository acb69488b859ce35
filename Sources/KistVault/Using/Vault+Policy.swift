internal import KistCrypto
package import KistModel
internal import KistStore
internal import SecretMemory

extension Vault {
    /// Writes the newest revision again with another policy; also one that hands out more easily.
    ///
    /// - Returns: the revision afterwards, which is the present one when nothing changes.
    package func setPolicy(
        _ profile: ProfileName, _ name: CredentialName, _ policy: Policy, note: WriteNote
    ) throws(VaultError) -> UInt64 {
        let (keys, contents) = try opened()
        try note.check()
        guard let entry = contents.index.newest(keys.lookup(profile, name)) else {
            throw .notFound(profile: profile, name: name, field: nil)
        }
        let row = try row(keys, entry)
        guard let overview = row.overview.overview else { throw .notFound(profile: profile, name: name, field: nil) }
        guard overview.policy != policy else { return overview.revision }
        var write = Write(self, keys, contents, making: 1)
        let item = PutItem(overview, policy: policy)
        try write.put(item, row.secret.segments, from: 0, note, changingPolicy: true)
        return try commit(write)
    }
}
