internal import KistCrypto
internal import KistStore
internal import SecretMemory

extension Vault {
    /// What `doctor` shows.
    package func facts() throws(VaultError) -> VaultFacts {
        defer { if !isUnlocked { store.close() } }
        return VaultFacts(
            fingerprint: fingerprint, formatVersion: Int(Header.format),
            slots: header.slots.map { "\($0.kind.sort)" },
            costs: challenges.map(\.cost), epoch: header.epochs.last?.number ?? 0, generation: generation,
            credentials: credentialCount, rows: contents?.index.rows, indexPages: contents?.index.pages.count,
            anchor: anchorStatus, anchorUnproved: unproved > 0 ? unproved : nil,
            anchorFailure: anchorFailure?.code, hasEndedSlot: contents?.manifest.hasEndedSlot,
            store: try VaultError.from { () throws(StoreError) in try store.facts() })
    }

    /// Reads and opens every row and compares rows with the index: what an unlock does not look at.
    ///
    /// - Returns: the number of rows that were opened.
    /// - Throws: `.damaged` for a row that is changed, missing, or not the vault's.
    package func verify() throws(VaultError) -> Int {
        let (keys, contents) = try opened()
        var count = 0
        try eachRow(contents, secretToo: true) { _, parts, entry, _ throws(VaultError) in
            let entry = IndexEntry(entry)
            _ = try RowOpening(keys: keys.side(isMoved: entry.isMoved)).row(parts, entry)
            count += 1
        }
        return count
    }
}
