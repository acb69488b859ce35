internal import KistCrypto
package import KistModel
internal import KistStore
package import SecretMemory

extension Vault {
    /// Notes that a place refused a credential. It stays what it is: whoever says so may be wrong, or may not be who they say.
    ///
    /// - Parameter value: what was refused; when the credential has another value in that field by now, nothing is noted.
    /// - Returns: the revision afterwards; `nil` when nothing was noted.
    package func reject(
        _ profile: ProfileName, _ name: CredentialName, at host: String, value: borrowing SecretBytes?,
        field: FieldName?, note: WriteNote
    ) throws(VaultError) -> UInt64? {
        let (keys, contents) = try opened()
        try note.check()
        guard let entry = contents.index.newest(keys.lookup(profile, name)) else {
            throw .notFound(profile: profile, name: name, field: nil)
        }
        let row = try row(keys, entry)
        guard let overview = row.overview.overview else { throw .notFound(profile: profile, name: name, field: nil) }
        if let field {
            guard let stored = row.secret.fields.first(where: { $0.name == field }) else {
                throw .notFound(profile: profile, name: name, field: field)
            }
            let secret = row.secret.withValue(stored.range) { bytes in
                SecretBytes(count: bytes.count) { $0.copyMemory(from: bytes) }
            }
            let isSame: Bool
            switch value {
            case .some(let value): isSame = secret == value
            case .none: isSame = false
            }
            guard isSame else { return nil }
        }
        let rejection = Rejection(host: host, revision: overview.revision, when: note.when)
        guard rejection.isWritable else { throw .invalid("host") }
        guard !overview.rejections.contains(where: { $0.host == host }) else { return overview.revision }
        var write = Write(self, keys, contents, making: 1)
        let item = PutItem(overview, policy: overview.policy)
        try write.put(item, row.secret.segments, from: 0, note, rejection: rejection)
        return try commit(write)
    }
}
