package import KistModel

/// Why the vault refused. It states facts and holds names and numbers only: never a value, never advice.
package enum VaultError: Error, Equatable, Sendable {
    /// No key is at hand: unlock first.
    case locked
    /// There is no vault at this place.
    case absent
    /// There is a vault already where one was to be made.
    case vaultExists
    /// Wrong passphrase, wrong recovery code, wrong file or a changed header: one answer on purpose.
    case wrongKey
    case notFound(profile: ProfileName, name: CredentialName?, field: FieldName?)
    /// The credential is there, this revision of it is not, or no longer.
    case noRevision(profile: ProfileName, name: CredentialName, revision: UInt64)
    /// `put` with `ifRevision` 0 found one.
    case exists(profile: ProfileName, name: CredentialName)
    /// `put`, `remove` or `restore` expected another revision; this is the one that is there (0: none).
    case conflict(profile: ProfileName, name: CredentialName, revision: UInt64)
    /// The request cannot be meant so; the phrase says what is wrong with it.
    case invalid(String)
    /// More bytes or fields than a credential may have; the phrase names the limit.
    case tooLarge(String)
    /// The vault was written by a newer format.
    case newer(version: Int)
    /// This machine has seen a later generation of this vault.
    case olderCopy(seen: UInt64, found: UInt64)
    /// This machine has seen another history of this vault: two machines wrote, or the file was made up from parts.
    case forked(generation: UInt64)
    /// Another vault was seen at this path.
    case otherVault(seen: Fingerprint, found: Fingerprint)
    /// An identity opens only a vault that is known; this is its fingerprint.
    case unpinned(found: Fingerprint)
    /// There is no slot with this id.
    case noSlot
    /// What would be left could not open the vault without a keyring.
    case lastSlot
    /// A second factor needs a recovery slot whose code was proved.
    case untested
    /// The file changed under the running agent.
    case replaced
    /// The vault was opened, but what it holds is not what it wrote; the phrase says where.
    case damaged(String)
    case full
    case readOnly
    case busy
    /// The file or its folder is not safe to use; the phrase says which rule was broken.
    case unsafeFile(String)
    /// The operating system failed; SQLite's extended result code or an `errno`.
    case io(code: Int32)
}
