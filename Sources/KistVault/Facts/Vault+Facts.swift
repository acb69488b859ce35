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
}
