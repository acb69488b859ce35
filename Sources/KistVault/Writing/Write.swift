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
    /// The former key of a slot opens nothing any more.
    var endsSlot = false
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
    ///   - rejection: what to note beside the places that refused it already. A change of anything else forgets those.
    mutating func put(
        _ item: PutItem, _ secrets: borrowing SecretSegments, from segment: Int, _ note: WriteNote,
        changingPolicy: Bool = false, bundles added: [BundleNote] = [],
        rejection: Rejection? = nil
    ) throws(VaultError) {
        let address = keys.lookup(item.profile, item.name)
        guard touched.insert(address.lookup).inserted else { throw .invalid("\(item.name) is given twice") }
        let newest = index.newest(address)
        try check(item, newest)
        var created = note.when
        var policy = item.policy ?? .allow
        var bundles: [BundleNote] = []
        var rejections: [Rejection] = []
        var since: UInt64?
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
            let isNoted = !added.isEmpty || rejection != nil
            since = old.since(item, policy, secrets, from: segment, isNote: isNoted || changingPolicy)
            if isNoted || changingPolicy {
                let known = old.overview.overview?.rejections ?? []
                rejections = (known + [rejection].compactMap { $0 }).suffix(Rejection.most)
            }
            var isNote = false
            if isNoted { isNote = try self.isNote(old, at: address) }
            if keys.former != nil, !newest.isMoved { try bring(address) }
            if isNote { drop(index.all(address).suffix(1).map(\.place), address) } else { prune(address) }
        }
        let overview = Overview(
            profile: item.profile, name: item.name, platform: item.platform, variant: item.variant, plain: item.plain,
            secrets: item.secrets, expiry: item.expiry, created: created, modified: note.when, revision: generation,
            since: since, note: item.note, policy: policy, bundles: bundles,
            rejections: rejections)
        let stored = StoredOverview(
            profile: item.profile, overview: overview, revision: generation, when: note.when, who: note.who,
            why: note.why)
        add(stored, at: address, SecretPart.encode(item.secrets, secrets, from: segment))
    }

    /// Adds the marker of an empty profile.
    mutating func mark(_ profile: ProfileName, _ note: WriteNote) {
        let stored = StoredOverview(
            profile: profile, overview: nil, revision: generation, when: note.when, who: note.who, why: note.why)
        add(stored, at: keys.lookup(profile, nil), SecretPart.encode([], SecretSegments(), from: 0))
        markers += 1
    }

    /// Drops every revision of a credential or of a marker.
    mutating func remove(_ address: Address, isMarker: Bool = false) {
        drop(index.all(address).map(\.place), address)
        if isMarker { markers -= 1 }
    }

    private func check(_ item: PutItem, _ newest: IndexEntry?) throws(VaultError) {
        guard let expected = item.ifRevision, expected != newest?.place.revision ?? 0 else { return }
        if expected == 0 { throw .exists(profile: item.profile, name: item.name) }
        throw .conflict(profile: item.profile, name: item.name, revision: newest?.place.revision ?? 0)
    }

    /// Makes room for one more revision.
    private mutating func prune(_ address: Address) {
        drop(index.all(address).dropLast(Vault.keptRevisions).map(\.place), address)
    }

    private mutating func drop(_ places: [RecordPlace], _ address: Address) {
        guard !places.isEmpty else { return }
        index.replace(index.pageNumber(address.home), dropping: places, adding: [])
        for place in places {
            // A row that this write was about to bring over is not in the store yet.
            if keys.former != nil, let last = added.lastIndex(where: { $0.place == place }) {
                added.remove(at: last)
            } else {
                removed.append(place)
            }
        }
    }

    /// Brings a credential with its whole history to the new root, before it is written.
    private mutating func bring(_ address: Address) throws(VaultError) {
        let moved = try vault.resealed(keys, index.all(address))
        take(moved, onPage: index.pageNumber(address.home))
    }

    /// Puts rows that were sealed anew in the place of what they were.
    mutating func take(_ rows: [ResealedRow], onPage page: Int) {
        index.replace(page, dropping: rows.map(\.old.place), adding: rows.map(\.entry).sorted { $0.place < $1.place })
        removed += rows.map(\.old.place)
        added += rows.map(\.record)
    }

    private mutating func add(_ stored: StoredOverview, at address: Address, _ secret: borrowing SecretBytes) {
        let place = RecordPlace(lookup: address.lookup, revision: generation)
        var padded = stored.encode()
        let count = padded.count - Padding.prefix
        padded.append(contentsOf: repeatElement(0, count: Padding.size(count) - padded.count))
        padded.withUnsafeMutableBytes { Padding.writeLength(count, into: $0) }
        let overview = padded.withUnsafeBytes { seal($0, place, .overview) }
        let secret = secret.withBytes { seal($0, place, .secret) }
        index.insert(
            IndexEntry(
                place: place, overviewTag: overview.withUnsafeBytes { keys.tag($0, place, .overview) },
                secretTag: secret.withUnsafeBytes { keys.tag($0, place, .secret) }, isMoved: keys.former != nil),
            address)
        added.append(SealedRecord(place: place, overview: overview, secret: secret))
    }

    private func seal(_ padded: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part) -> [UInt8] {
        let epoch = keys.sealingEpoch
        guard let key = try? keys.recordKey(epoch, place, part) else {
            preconditionFailure("the newest epoch has a key")
        }
        return Envelope.seal(padded: padded, epoch: epoch, key)
    }
}
