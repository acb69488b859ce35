package import KistModel
package import KistStore
package import SecretMemory

extension Vault {
    /// Makes a new vault in an empty store. The vault is unlocked afterwards.
    ///
    /// - Parameter slotKey: derived from the passphrase for `SlotChallenge.make(cost:)`.
    package static func create(
        in store: any RecordStore, anchors: any AnchorStore, slotKey: consuming SlotKey, now: Timestamp
    ) throws(VaultError) -> CreatedVault { fatalError("not yet") }

    /// Reads the header; nothing is checked against a key yet.
    ///
    /// - Throws: `.absent`, `.newer`, `.damaged`, `.unsafeFile`, …
    package static func open(_ store: any RecordStore, anchors: any AnchorStore) throws(VaultError) -> Vault {
        fatalError("not yet")
    }

    /// The passphrase slots, to be tried in order.
    package var challenges: [SlotChallenge] { fatalError("not yet") }

    package var fingerprint: Fingerprint { fatalError("not yet") }
    package var isUnlocked: Bool { fatalError("not yet") }
    /// `nil` while locked.
    package var generation: UInt64? { fatalError("not yet") }
    /// `nil` while locked.
    package var credentialCount: Int? { fatalError("not yet") }
    /// What the anchor said at unlock; `nil` while locked.
    package var anchorStatus: AnchorStatus? { fatalError("not yet") }

    /// Opens a passphrase slot, then checks header, manifest, index and anchor.
    ///
    /// - Throws: `.wrongKey`, `.olderCopy`, `.forked`, `.otherVault`, `.damaged`, …; the vault stays locked then.
    package func unlock(
        with key: consuming SlotKey, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus { fatalError("not yet") }

    /// Opens with the recovery code as typed (case, spaces and hyphens do not matter).
    ///
    /// - Throws: `.invalid` when the text cannot be a code (its check characters do not fit), else as `unlock(with:)`.
    package func unlock(
        recoveryCode: borrowing SecretBytes, accepting: Acceptance = [], now: Timestamp
    ) throws(VaultError) -> AnchorStatus { fatalError("not yet") }

    /// Wipes every key, forgets the index and lets go of the file.
    package func lock() { fatalError("not yet") }

    /// Overviews in order of profile and name. `nil`: of all profiles.
    package func list(_ profile: ProfileName?) throws(VaultError) -> [Overview] { fatalError("not yet") }

    package func overview(_ profile: ProfileName, _ name: CredentialName) throws(VaultError) -> Overview {
        fatalError("not yet")
    }

    /// Opens secrets: all wants or none. Fields that are plain are skipped (their values are in the overview).
    ///
    /// - Throws: `.notFound` naming the first want, and the field, that is not there.
    package func reveal(_ wants: [Want]) throws(VaultError) -> Revealed { fatalError("not yet") }

    /// Writes all items in one transaction, or none.
    ///
    /// - Parameter requestID: the same id within one unlocked span gets the same answer without a second write.
    /// - Returns: the generation of the write, which is the revision of every item.
    package func put(
        _ items: [PutItem], secrets: borrowing SecretSegments, note: WriteNote, requestID: String? = nil
    ) throws(VaultError) -> UInt64 { fatalError("not yet") }

    /// Removes a credential with all its revisions.
    ///
    /// - Returns: the generation of the write.
    package func remove(
        _ profile: ProfileName, _ name: CredentialName, ifRevision: UInt64? = nil
    ) throws(VaultError) -> UInt64 { fatalError("not yet") }

    /// The kept revisions, newest first.
    package func history(_ profile: ProfileName, _ name: CredentialName) throws(VaultError) -> [RevisionNote] {
        fatalError("not yet")
    }

    /// Writes an earlier revision again as the newest.
    ///
    /// - Returns: the new revision.
    package func restore(
        _ profile: ProfileName, _ name: CredentialName, revision: UInt64, note: WriteNote
    ) throws(VaultError) -> UInt64 { fatalError("not yet") }

    /// Profiles with the number of credentials in each, by name.
    package func profiles() throws(VaultError) -> [(name: ProfileName, count: Int)] { fatalError("not yet") }

    /// Records an empty profile. Does nothing when it is there already.
    package func createProfile(_ name: ProfileName, note: WriteNote) throws(VaultError) { fatalError("not yet") }

    /// Copies every credential of one profile into another that has none of their names.
    ///
    /// - Returns: how many were copied.
    package func copyProfile(
        _ from: ProfileName, to: ProfileName, note: WriteNote
    ) throws(VaultError) -> Int { fatalError("not yet") }

    /// Removes a profile and all its credentials.
    ///
    /// - Returns: how many were removed.
    package func removeProfile(_ name: ProfileName) throws(VaultError) -> Int { fatalError("not yet") }

    package func facts() throws(VaultError) -> VaultFacts { fatalError("not yet") }

    /// Reads and opens every row and compares rows with the index: what an unlock does not look at.
    ///
    /// - Returns: the number of rows that were opened.
    package func verify() throws(VaultError) -> Int { fatalError("not yet") }
}
