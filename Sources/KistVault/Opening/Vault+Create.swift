internal import KistCrypto
package import KistModel
package import KistStore
package import SecretMemory

/// A new vault, unlocked, and its recovery code as text in seven groups of four.
package struct CreatedVault: ~Copyable {
    package let vault: Vault
    package let recoveryCode: SecretBytes

    package consuming func takeRecoveryCode() -> SecretBytes { recoveryCode }
}

extension Vault {
    /// Makes a new vault in an empty store. The vault is unlocked afterwards.
    ///
    /// - Parameter slotKey: derived from the passphrase for `SlotChallenge.make(cost:)`.
    /// - Throws: `.vaultExists` when the store is not empty, and what the store throws.
    package static func create(
        in store: any RecordStore, anchors: any AnchorStore, slotKey: consuming SlotKey, now: Timestamp
    ) throws(VaultError) -> CreatedVault {
        let vaultID = RandomBytes.make(16)
        let keys = Keys(root: RootKey.make(), vaultID: vaultID, incarnation: RandomBytes.make(16))
        keys.epochs = [EpochKey.make(number: 1)]
        let code = RecoveryCode.make()
        let challenge = slotKey.challenge
        let passphraseSlot = Slot.wrapping(keys, slotKey.key, challenge: challenge, now: now)
        let header = Header(
            vaultID: vaultID, incarnation: keys.incarnation, publicKey: keys.slotPair.publicKey, generation: 1,
            epochs: keys.epochs.map {
                Header.Epoch(number: $0.number, box: $0.wrap(keys.epochWrap, vaultID: vaultID))
            },
            slots: [passphraseSlot, Slot.recovering(keys, code, now: now)])
        let headerBytes = header.encode(keys.header)
        let manifest = Manifest(
            vaultID: vaultID, incarnation: keys.incarnation, generation: 1, headerHash: Blake2b.hash(headerBytes))
        let sealed = manifest.seal(keys.manifest)
        try VaultError.from { () throws(StoreError) in
            do throws(StoreError) {
                try store.commit(StoreChange(expected: nil, header: headerBytes, manifest: sealed))
            } catch .replaced {
                throw .exists
            }
        }
        let vault = Vault(store: store, anchors: anchors, header: header)
        vault.keys = keys
        vault.contents = Contents(manifest: manifest, sealedManifest: sealed, index: Index())
        vault.anchorStatus = .new
        vault.openedBy = passphraseSlot.id
        vault.remember()
        return CreatedVault(vault: vault, recoveryCode: RecoveryCode.encode(code))
    }
}
