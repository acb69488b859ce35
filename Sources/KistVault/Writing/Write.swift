internal import KistCrypto
internal import KistModel
internal import KistStore
internal import SecretMemory

/// A write being put together: the next index and the rows that the store is to add and drop. Nothing of it is visible
/// before `Vault.commit`.
struct Write {
    let vault: Vault
    let keys: Keys
    /// The generation of this write, and the revision of everything that it puts.
    let generation: UInt64
    private(set) var index: Index
    private(set) var added: [SealedRecord] = []
    private(set) var removed: [RecordPlace] = []
    /// How many markers this write adds or takes away.
    private(set) var markers = 0
    /// The header as this write leaves it; `nil` leaves it alone.
    var header: Header?
    private var touched = Set<LookupID>()

    init(_ vault: Vault, _ keys: Keys, _ contents: Contents, making count: Int) {
        self.vault = vault
        self.keys = keys
        generation = contents.manifest.generation + 1
        index = contents.index
        index.makeRoom(for: count)
        added.reserveCapacity(count)
    }

    /// - Parameters:
    ///   - segment: the first of the item's secrets.
    ///   - changingPolicy: whether `confirm` may be taken away.
    ///   - added: what to note beside the bundles that are noted already.
    mutating func put(
        _ item: PutItem, _ secrets: borrowing SecretSegments, from segment: Int, _ note: WriteNote,
        changingPolicy: Bool = false, bundles added: [BundleNote] = []
    ) throws(VaultError) {
        let lookup = keys.lookup(item.profile, item.name)
        guard touched.insert(lookup).inserted else { throw .invalid("\(item.name) is given twice") }
        let newest = index.newest(lookup)
        try check(item, newest)
        var created = note.when
        var policy = item.policy ?? .allow
        var bundles: [BundleNote] = []
        if let newest {
            // The row about to be replaced is opened first, both parts: a damaged one is noticed, not buried.
            let old = try vault.row(keys, newest)
            created = old.overview.overview?.created ?? created
            let present = old.overview.overview?.policy ?? .allow
            policy = item.policy ?? present
            guard present != .confirm || policy == .confirm || changingPolicy else {
                throw .invalid("policy (confirm is taken away by itself only)")
            }
            bundles = try old.bundles(after: item, policy, secrets, from: segment, adding: added)
            if !added.isEmpty, try isNote(old, at: lookup) { drop(newest.place) } else { prune(lookup) }
        }
        let overview = Overview(
            profile: item.profile, name: item.name, platform: item.platform, variant: item.variant, plain: item.plain,
            secrets: item.secrets, expiry: item.expiry, created: created, modified: note.when, revision: generation,
            note: item.note, policy: policy, bundles: bundles)
        let stored = StoredOverview(
            profile: item.profile, overview: overview, revision: generation, when: note.when, who: note.who,
            why: note.why)
        add(stored, at: lookup, SecretPart.encode(item.secrets, secrets, from: segment))
    }

    /// Adds the marker of an empty profile.
    mutating func mark(_ profile: ProfileName, _ note: WriteNote) {
        let stored = StoredOverview(
            profile: profile, overview: nil, revision: generation, when: note.when, who: note.who, why: note.why)
        add(stored, at: keys.lookup(profile, nil), SecretPart.encode([], SecretSegments(), from: 0))
        markers += 1
    }

    /// Drops every revision of a credential or of a marker.
    mutating func remove(_ lookup: LookupID, isMarker: Bool = false) {
        for entry in index.all(lookup) { drop(entry.place) }
        if isMarker { markers -= 1 }
    }

    private func check(_ item: PutItem, _ newest: IndexEntry?) throws(VaultError) {
        guard let expected = item.ifRevision, expected != newest?.place.revision ?? 0 else { return }
        if expected == 0 { throw .exists(profile: item.profile, name: item.name) }
        throw .conflict(profile: item.profile, name: item.name, revision: newest?.place.revision ?? 0)
    }

    /// Makes room for one more revision.
    private mutating func prune(_ lookup: LookupID) {
        for entry in index.all(lookup).dropLast(Vault.keptRevisions) { drop(entry.place) }
    }

    mutating func drop(_ place: RecordPlace) {
        index.remove(place)
        removed.append(place)
    }

    private mutating func add(_ stored: StoredOverview, at lookup: LookupID, _ secret: borrowing SecretBytes) {
        let place = RecordPlace(lookup: lookup, revision: generation)
        var padded = stored.encode()
        let count = padded.count - Padding.prefix
        padded.append(contentsOf: repeatElement(0, count: Padding.size(count) - padded.count))
        padded.withUnsafeMutableBytes { Padding.writeLength(count, into: $0) }
        let overview = padded.withUnsafeBytes { seal($0, place, .overview) }
        let secret = secret.withBytes { seal($0, place, .secret) }
        index.insert(
            IndexEntry(
                place: place, overviewTag: overview.withUnsafeBytes { keys.tag($0, place, .overview) },
                secretTag: secret.withUnsafeBytes { keys.tag($0, place, .secret) }))
        added.append(SealedRecord(place: place, overview: overview, secret: secret))
    }

    private func seal(_ padded: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part) -> [UInt8] {
        let epoch = UInt32(keys.epochs.count)
        guard let key = try? keys.recordKey(epoch, place, part) else {
            preconditionFailure("the newest epoch has a key")
        }
        return Envelope.seal(padded: padded, epoch: epoch, key)
    }
}
