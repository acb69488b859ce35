internal import KistCrypto
internal import KistStore
internal import SecretMemory

extension Vault {
    /// What `doctor` shows.
    package func facts() throws(VaultError) -> VaultFacts {
        defer { if !isUnlocked { store.close() } }
        return VaultFacts(
            fingerprint: fingerprint, formatVersion: Int(Header.format),
            slots: header.slots.map { $0.kind == .recovery ? "recovery" : "passphrase" },
            costs: challenges.map(\.cost), epoch: header.epochs.last?.number ?? 0, generation: generation,
            credentials: credentialCount, rows: contents?.index.rows, indexPages: contents?.index.pages.count,
            anchor: anchorStatus, anchorFailure: anchorFailure?.code,
            store: try VaultError.from { () throws(StoreError) in try store.facts() })
    }

    /// Reads and opens every row and compares rows with the index: what an unlock does not look at.
    ///
    /// - Returns: the number of rows that were opened.
    /// - Throws: `.damaged` for a row that is changed, missing, or not the vault's.
    package func verify() throws(VaultError) -> Int {
        let (keys, contents) = try opened()
        let opening = RowOpening(keys: keys)
        var count = 0
        var failure: VaultError?
        try VaultError.from { () throws(StoreError) in
            try store.scan(secretToo: true) { place, parts in
                do throws(VaultError) {
                    guard let entry = contents.index.entry(place) else {
                        throw .damaged("there is a record that the vault does not know")
                    }
                    _ = try opening.row(parts, entry)
                    count += 1
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
        guard count == contents.index.rows else { throw .damaged("a record is missing") }
        return count
    }
}
