internal import KistCrypto
internal import KistStore

extension Vault {
    /// Makes a new head durable, with the index pages that go with it, and takes its place in memory.
    ///
    /// - Parameters:
    ///   - keys: that seal the new head; not yet the vault's when the root changes.
    ///   - header: `nil` leaves it.
    ///   - replacesAllPages: the index has other pages than before.
    func commitHead(
        _ manifest: Manifest, _ index: Index, keys: Keys, header: Header? = nil, replacesAllPages: Bool = false
    ) throws(VaultError) {
        let (_, old) = try opened()
        var change = StoreChange(expected: old.sealedManifest, manifest: [])
        var manifest = manifest
        if let header {
            let bytes = header.encode(keys.header)
            manifest.headerHash = Blake2b.hash(bytes)
            change.header = bytes
        }
        change.manifest = manifest.seal(keys.manifest)
        change.replacesAllPages = replacesAllPages
        if replacesAllPages {
            change.pages = index.pages.indices.lazy.filter { !index.pages[$0].isEmpty }.map {
                IndexPage(number: UInt32($0), bytes: index.pages[$0])
            }
        }
        do {
            try store.commit(change)
        } catch {
            switch outcome(of: error, old: old.sealedManifest, new: change.manifest) {
            case .old: break
            case .new: adopt(Contents(manifest: manifest, sealedManifest: change.manifest, index: index), keys, header)
            case .unknown: lock()
            }
            throw VaultError(error)
        }
        adopt(Contents(manifest: manifest, sealedManifest: change.manifest, index: index), keys, header)
    }

    private func adopt(_ contents: Contents, _ keys: Keys, _ header: Header?) {
        if contents.manifest.job?.phase != .moving { keys.former = nil }
        self.keys = keys
        self.contents = contents
        if let header { self.header = header }
        work = nil
        remember()
    }
}
