internal import KistCrypto
internal import KistModel
internal import KistStore
internal import SecretMemory

/// Every key of an unlocked vault. Wiped when the last reference goes: `Vault.lock` drops the only one.
final class Keys {
    let vaultID: [UInt8]
    let incarnation: [UInt8]
    let root: RootKey
    let header: SecretBytes
    let manifest: SecretBytes
    let index: SecretBytes
    let anchor: SecretBytes
    let slotInfo: SecretBytes
    let epochWrap: SecretBytes
    private let name: SecretBytes
    /// By number, from 1.
    var epochs: [EpochKey] = []
    /// `LP("kist/v1/record") ‖ LP(vault id) ‖ LP(incarnation) ‖ LP(compartment)`.
    private let recordPrefix: Context

    init(root: consuming RootKey, vaultID: [UInt8], incarnation: [UInt8]) {
        self.vaultID = vaultID
        self.incarnation = incarnation
        header = root.derive(.header, vaultID: vaultID)
        manifest = root.derive(.manifest, vaultID: vaultID)
        index = root.derive(.index, vaultID: vaultID)
        anchor = root.derive(.anchor, vaultID: vaultID)
        slotInfo = root.derive(.slotInfo, vaultID: vaultID)
        epochWrap = root.derive(.epochWrap, vaultID: vaultID)
        name = root.derive(.name, vaultID: vaultID)
        recordPrefix = Context("kist/v1/record").appending(vaultID).appending(incarnation).appending([0, 0, 0, 0])
        self.root = root
    }

    /// The vault's own X25519 pair, from which its wraps come.
    var slotPair: BoxKeyPair { BoxKeyPair(seed: root.derive(.slotPair, vaultID: vaultID)) }

    /// `BLAKE2b-128(name key, LP(profile) ‖ LP(name))`; an empty name is the profile's marker.
    func lookup(_ profile: ProfileName, _ credential: CredentialName?) -> LookupID {
        var message = Context()
        message.append(profile.description)
        message.append(credential?.description ?? "")
        return message.bytes.withUnsafeBytes { message in
            withUnsafeTemporaryAllocation(byteCount: LookupID.byteCount, alignment: 8) { target in
                Blake2b.tag(name, message, into: target)
                return LookupID(UnsafeRawBufferPointer(target))
            }
        }
    }

    /// `… ‖ LP(lookup id) ‖ u64 revision ‖ LP(part)` under the epoch's key.
    func recordKey(_ epoch: UInt32, _ place: RecordPlace, _ part: Part) throws(SealError) -> SecretBytes {
        guard epoch >= 1, epoch <= epochs.count else { throw SealError() }
        var context = recordPrefix
        place.lookup.withBytes { context.append($0) }
        context.append(plain: place.revision)
        context.append(part.rawValue)
        return epochs[Int(epoch) - 1].recordKey(context)
    }

    /// The 16-byte tag of a sealed part, bound to its place: `LP("kist/v1/row") ‖ LP(lookup id) ‖ u64 revision ‖ LP(part) ‖
    /// LP(sealed)` under the index key.
    func tag(_ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part) -> [UInt8] {
        var message = Context("kist/v1/row")
        place.lookup.withBytes { message.append($0) }
        message.append(plain: place.revision)
        message.append(part.rawValue)
        message.append(sealed)
        return message.bytes.withUnsafeBytes { Blake2b.tag(index, $0, count: IndexEntry.tagCount) }
    }
}

/// A part of a record; the raw value binds keys and tags to it.
enum Part: String {
    case overview, secret
}
