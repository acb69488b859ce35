package import KistCrypto
package import KistModel
internal import SecretMemory

/// Who seals bundles: the vault's own pair, with which nothing of the vault can be opened.
package struct BundleSealer: ~Copyable {
    /// 16 bytes.
    package let vaultID: [UInt8]
    package let pair: BoxKeyPair
}

extension Vault {
    package func bundleSealer() throws(VaultError) -> BundleSealer {
        let (keys, _) = try opened()
        return BundleSealer(vaultID: keys.vaultID, pair: keys.slotPair)
    }

    /// Notes with each credential that it was sealed into a bundle (one note for each recipient), in one transaction, before the bundle leaves.
    ///
    /// - Parameter revisions: which of each was sealed.
    /// - Throws: `.conflict` when a credential is at another revision by now.
    @discardableResult
    package func note(
        _ bundles: [BundleNote], with credentials: [(profile: ProfileName, name: CredentialName, revision: UInt64)],
        _ note: WriteNote
    ) throws(VaultError) -> UInt64 {
        let (keys, contents) = try opened()
        try note.check()
        let isWritable = bundles.allSatisfy {
            $0.label.utf8.count <= BundleNote.longestLabel && $0.sealed.isWritable && Recipient($0.recipient) != nil
        }
        guard isWritable, (1...BundleNote.most).contains(bundles.count) else {
            throw .invalid("the bundle cannot be noted")
        }
        var write = Write(self, keys, contents, making: credentials.count)
        for credential in credentials {
            guard let entry = contents.index.newest(keys.lookup(credential.profile, credential.name)) else {
                throw .notFound(profile: credential.profile, name: credential.name, field: nil)
            }
            let row = try row(keys, entry)
            guard let overview = row.overview.overview else {
                throw .notFound(profile: credential.profile, name: credential.name, field: nil)
            }
            let item = PutItem(overview, policy: overview.policy, ifRevision: credential.revision)
            try write.put(item, row.secret.segments, from: 0, note, bundles: bundles)
        }
        return try commit(write)
    }
}
