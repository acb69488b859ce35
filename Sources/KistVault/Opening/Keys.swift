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
    /// By number, without a gap; the last one seals.
    var epochs: [EpochKey] = []
    /// The keys under the root that is being left, while rows are moved from it.
    var former: Keys?
    /// The anchor key under the root before this one: an anchor may have been written under it.
    var formerAnchor: SecretBytes?
    /// `LP("kist/v1/record") ‖ LP(vault id) ‖ LP(incarnation) ‖ LP(compartment)`.
    private let recordPrefix: [UInt8]
    /// `LP("kist/v1/row")`.
    private let rowPrefix = Context("kist/v1/row").bytes

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
        recordPrefix =
            Context("kist/v1/record").appending(vaultID).appending(incarnation).appending([0, 0, 0, 0]).bytes
        self.root = root
    }

    /// Of the audit log; derived when it is asked for.
    var audit: SecretBytes { root.derive(.audit, vaultID: vaultID) }

    /// The epoch that seals.
    var sealingEpoch: UInt32 { epochs.last?.number ?? 0 }

    /// The vault's own X25519 pair, from which its wraps come.
    var slotPair: BoxKeyPair { BoxKeyPair(seed: root.derive(.slotPair, vaultID: vaultID)) }

    /// Where a credential is looked for; without a name, the profile's marker.
    func lookup(_ profile: ProfileName, _ credential: CredentialName?) -> Address {
        let (profile, name) = (profile.description, credential?.description ?? "")
        return Address(lookupID(profile, name), former: former?.lookupID(profile, name))
    }

    /// The keys of a row: those of the root that is being left, as long as it has not been moved.
    func side(isMoved: Bool) -> Keys { isMoved ? self : former ?? self }

    /// `BLAKE2b-128(name key, LP(profile) ‖ LP(name))`.
    func lookupID(_ profile: String, _ name: String) -> LookupID {
        var found: LookupID?
        Message.with(capacity: 256) { message in
            message.append(profile)
            message.append(name)
            found = lookupID(of: message)
        }
        return found!
    }

    /// As above, from bytes that were opened just now.
    func lookupID(_ profile: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer) -> LookupID {
        var found: LookupID?
        Message.with(capacity: 8 + profile.count + name.count) { message in
            message.append(profile)
            message.append(name)
            found = lookupID(of: message)
        }
        return found!
    }

    private func lookupID(of message: Message) -> LookupID {
        withUnsafeTemporaryAllocation(byteCount: LookupID.byteCount, alignment: 8) { target in
            Blake2b.tag(name, message.bytes, into: target)
            return LookupID(UnsafeRawBufferPointer(target))
        }
    }

    /// `… ‖ LP(lookup id) ‖ u64 revision ‖ LP(part)` under the epoch's key.
    func recordKey(_ epoch: UInt32, _ place: RecordPlace, _ part: Part) throws(SealError) -> SecretBytes {
        guard let first = epochs.first?.number, epoch >= first, epoch - first < epochs.count else { throw SealError() }
        let key = epochs[Int(epoch - first)]
        let capacity = recordPrefix.count + Self.placeCount
        // Not by a returning closure: the key cannot be copied out of one.
        var derived: SecretBytes?
        Message.with(capacity: capacity) { message in
            write(recordPrefix, place, part, to: &message)
            derived = key.recordKey(message.bytes)
        }
        return derived.take()!
    }

    /// The 16-byte tag of a sealed part, bound to its place: `LP("kist/v1/row") ‖ LP(lookup id) ‖ u64 revision ‖ LP(part) ‖
    /// LP(sealed)` under the index key.
    func tag(_ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part) -> [UInt8] {
        var tag: [UInt8] = []
        withTag(sealed, place, part) { tag = Array($0) }
        return tag
    }

    /// Whether `tag` is the tag of a sealed part at this place, in constant time.
    func isTag(
        _ tag: UnsafeRawBufferPointer, of sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part
    ) -> Bool {
        var isEqual = false
        withTag(sealed, place, part) { isEqual = ConstantTime.areEqual($0, tag) }
        return isEqual
    }

    private func withTag(
        _ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        Message.with(capacity: rowPrefix.count + Self.placeCount + 4 + sealed.count) { message in
            write(rowPrefix, place, part, to: &message)
            message.append(sealed)
            withUnsafeTemporaryAllocation(byteCount: IndexEntry.tagCount, alignment: 8) { target in
                Blake2b.tag(index, message.bytes, into: target)
                body(UnsafeRawBufferPointer(target))
            }
        }
    }

    /// At most this many bytes: `LP(lookup id) ‖ u64 revision ‖ LP(part)`.
    private static let placeCount = 4 + 16 + 8 + 4 + 8

    private func write(_ prefix: [UInt8], _ place: RecordPlace, _ part: Part, to message: inout Message) {
        prefix.withUnsafeBytes { message.append(plain: $0) }
        place.lookup.withBytes { message.append($0) }
        message.append(plain: place.revision)
        message.append(part.rawValue)
    }
}

/// A part of a record; the raw value binds keys and tags to it.
enum Part: String {
    case overview, secret
}
