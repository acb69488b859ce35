internal import KistCrypto
package import KistModel
internal import KistStore
internal import SecretMemory

extension Vault {
    /// The kept revisions, newest first.
    package func history(_ profile: ProfileName, _ name: CredentialName) throws(VaultError) -> [RevisionNote] {
        let (keys, contents) = try opened()
        let entries = contents.index.all(keys.lookup(profile, name))
        guard !entries.isEmpty else { throw .notFound(profile: profile, name: name, field: nil) }
        var notes: [RevisionNote] = []
        for entry in entries.reversed() {
            let row = try overview(keys, entry)
            notes.append(RevisionNote(revision: row.revision, when: row.when, who: row.who, why: row.why))
        }
        return notes
    }

    /// Writes an earlier revision again as the newest.
    ///
    /// - Returns: the new revision.
    package func restore(
        _ profile: ProfileName, _ name: CredentialName, revision: UInt64, note: WriteNote
    ) throws(VaultError) -> UInt64 {
        let (keys, contents) = try opened()
        let entries = contents.index.all(keys.lookup(profile, name))
        guard !entries.isEmpty else { throw .notFound(profile: profile, name: name, field: nil) }
        guard let entry = entries.first(where: { $0.place.revision == revision }) else {
            throw .noRevision(profile: profile, name: name, revision: revision)
        }
        let row = try row(keys, entry)
        guard let overview = row.overview.overview else { throw .notFound(profile: profile, name: name, field: nil) }
        return try put([PutItem(overview)], secrets: row.secret.segments, note: note)
    }
}

extension PutItem {
    /// The same credential again. Its policy is that of the credential which it replaces, or the one given.
    init(
        _ overview: Overview, profile: ProfileName? = nil, policy: Policy? = nil, ifRevision: UInt64? = nil
    ) {
        self.init(
            profile: profile ?? overview.profile, name: overview.name, platform: overview.platform,
            variant: overview.variant, plain: overview.plain, secrets: overview.secrets, expiry: overview.expiry,
            note: overview.note, policy: policy, ifRevision: ifRevision)
    }
}
