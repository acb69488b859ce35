internal import KistCrypto
package import KistModel
internal import KistStore
package import SecretMemory

extension Vault {
    /// Writes all items in one transaction, or none.
    ///
    /// - Parameter requestID: the same id and content within one unlocked span get the same answer without a second write.
    /// - Returns: the generation of the write, which is the revision of every item.
    /// - Throws: `.exists`, `.conflict`, `.invalid`, `.tooLarge`, and what the store throws; nothing is changed then.
    @discardableResult
    package func put(
        _ items: [PutItem], secrets: borrowing SecretSegments, note: WriteNote, requestID: String? = nil
    ) throws(VaultError) -> UInt64 {
        let (keys, contents) = try opened()
        let content = requestID == nil ? [] : answered.digest(items, secrets)
        if let requestID, let revision = try answered.revision(requestID, content) { return revision }
        guard !items.isEmpty else { throw .invalid("nothing to write") }
        guard items.reduce(0, { $0 + $1.secrets.count }) == secrets.count else {
            throw .invalid("the number of secrets does not fit the items")
        }
        try note.check()
        if let item = items.first, item.unlessSame {
            guard items.count == 1 else { throw .invalid("unlessSame") }
            if let entry = contents.index.newest(keys.lookup(item.profile, item.name)),
                item.ifRevision == nil || item.ifRevision == entry.place.revision,
                try row(keys, entry).isSame(as: item, secrets)
            {
                return entry.place.revision
            }
        }
        var write = Write(self, keys, contents, making: items.count)
        var segment = 0
        for item in items {
            try item.check(secrets.lengths[segment..<segment + item.secrets.count])
            try write.put(item, secrets, from: segment, note)
            segment += item.secrets.count
        }
        let revision = try commit(write)
        if let requestID { answered.note(requestID, content, revision) }
        return revision
    }

    /// Removes a credential with all its revisions.
    ///
    /// - Returns: the generation of the write.
    /// - Throws: `.notFound`, `.conflict`, and what the store throws.
    @discardableResult
    package func remove(
        _ profile: ProfileName, _ name: CredentialName, ifRevision: UInt64? = nil
    ) throws(VaultError) -> UInt64 {
        let (keys, contents) = try opened()
        let lookup = keys.lookup(profile, name)
        guard let newest = contents.index.newest(lookup) else {
            throw .notFound(profile: profile, name: name, field: nil)
        }
        if let ifRevision, ifRevision != newest.place.revision {
            throw .conflict(profile: profile, name: name, revision: newest.place.revision)
        }
        var write = Write(self, keys, contents, making: 0)
        write.remove(lookup)
        return try commit(write)
    }
}
