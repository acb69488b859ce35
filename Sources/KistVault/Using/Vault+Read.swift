internal import KistCrypto
package import KistModel
internal import KistStore
internal import SecretMemory

extension Vault {
    /// Overviews in order of profile and name. `nil`: of all profiles.
    package func list(_ profile: ProfileName?) throws(VaultError) -> [Overview] {
        var overviews = try allOverviews().compactMap(\.overview)
        if let profile { overviews.removeAll { $0.profile != profile } }
        overviews.sort { ($0.profile, $0.name) < ($1.profile, $1.name) }
        return overviews
    }

    package func overview(_ profile: ProfileName, _ name: CredentialName) throws(VaultError) -> Overview {
        let (keys, contents) = try opened()
        guard let entry = contents.index.newest(keys.lookup(profile, name)),
            let overview = try overview(keys, entry).overview
        else { throw .notFound(profile: profile, name: name, field: nil) }
        return overview
    }

    /// Opens secrets: all wants or none. Fields that are plain are skipped (their values are in the overview).
    ///
    /// - Throws: `.notFound` naming the first want, and the field, that is not there.
    package func reveal(_ wants: [Want]) throws(VaultError) -> Revealed {
        let (keys, contents) = try opened()
        var items: [Revealed.Item] = []
        var values = SecretBuffer()
        var lengths: [Int] = []
        for want in wants {
            guard let entry = contents.index.newest(keys.lookup(want.profile, want.name)) else {
                throw .notFound(profile: want.profile, name: want.name, field: nil)
            }
            let row = try row(keys, entry)
            guard let overview = row.overview.overview else {
                throw .notFound(profile: want.profile, name: want.name, field: nil)
            }
            var fields: [(name: FieldName, segment: Int)] = []
            for name in want.fields ?? overview.secrets {
                if let field = row.secret.fields.first(where: { $0.name == name }) {
                    row.secret.withValue(field.range) { values.append($0) }
                    fields.append((name, lengths.count))
                    lengths.append(field.range.count)
                } else if overview.plainValue(name) == nil {
                    throw .notFound(profile: want.profile, name: want.name, field: name)
                }
            }
            items.append(Revealed.Item(overview: overview, fields: fields))
        }
        return Revealed(items: items, segments: SecretSegments(bytes: values.finish(), lengths: lengths))
    }

    /// The newest overview of every credential and the markers of profiles, in the store's order.
    func allOverviews() throws(VaultError) -> [StoredOverview] {
        let (keys, contents) = try opened()
        let opening = RowOpening(keys: keys)
        var overviews: [StoredOverview] = []
        overviews.reserveCapacity(contents.index.lookups)
        var failure: VaultError?
        try VaultError.from { () throws(StoreError) in
            try store.scan(secretToo: false) { place, parts in
                let opened = contents.index.withTags(newestAt: place) { tags -> Bool in
                    do throws(VaultError) {
                        let tag = UnsafeRawBufferPointer(rebasing: tags[..<IndexEntry.tagCount])
                        overviews.append(try opening.overview(parts.overview, place, tag: tag))
                        return true
                    } catch {
                        failure = error
                        return false
                    }
                }
                // Older revisions, and rows that the vault does not know, are passed over.
                return opened ?? true
            }
        }
        if let failure { throw failure }
        guard overviews.count == contents.index.lookups else { throw .damaged("a record is missing") }
        return overviews
    }
}
