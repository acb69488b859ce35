internal import KistCrypto
internal import KistStore
internal import SecretMemory

/// A row sealed anew: what the store is to hold, its entry of the index, and the entry that it takes the place of.
struct ResealedRow {
    let old: IndexEntry
    let entry: IndexEntry
    let record: SealedRecord
}

/// Opens rows under one set of keys and seals them under another, or under the newest data key of the same.
///
/// The plaintext stays as it is, revision and padding too: what changes is the key, and with the name key the lookup id.
struct Resealing {
    let from: Keys
    let to: Keys

    init(_ keys: Keys) { (from, to) = (keys.former ?? keys, keys) }

    /// - Throws: `.damaged` when the row is not the one that the index has.
    func row(_ parts: SealedParts, _ old: IndexEntry) throws(VaultError) -> ResealedRow {
        let overview = try open(parts.overview, old.place, .overview, old.overviewTag)
        let secret = try open(parts.secret, old.place, .secret, old.secretTag)
        let lookup = try overview.withBytes { (padded) throws(VaultError) -> LookupID in
            try self.newLookup(padded, old.place)
        }
        let place = RecordPlace(lookup: lookup, revision: old.place.revision)
        let record = SealedRecord(
            place: place, overview: seal(overview, place, .overview), secret: seal(secret, place, .secret))
        let entry = IndexEntry(
            place: place, overviewTag: record.overview.withUnsafeBytes { to.tag($0, place, .overview) },
            secretTag: record.secret.withUnsafeBytes { to.tag($0, place, .secret) }, isMoved: to.former != nil)
        return ResealedRow(old: old, entry: entry, record: record)
    }

    private func open(
        _ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part, _ tag: [UInt8]
    ) throws(VaultError) -> SecretBytes {
        guard tag.withUnsafeBytes({ from.isTag($0, of: sealed, place, part) }) else { throw Self.changed }
        do {
            return try Envelope.open(sealed, try from.recordKey(try Envelope.epoch(of: sealed), place, part))
        } catch { throw Self.changed }
    }

    private func seal(_ padded: borrowing SecretBytes, _ place: RecordPlace, _ part: Part) -> [UInt8] {
        guard let key = try? to.recordKey(to.sealingEpoch, place, part) else {
            preconditionFailure("the newest epoch has a key")
        }
        return padded.withBytes { Envelope.seal(padded: $0, epoch: to.sealingEpoch, key) }
    }

    /// The new lookup id of an overview, whose own place was checked: `… u8 layout ‖ u8 flags ‖ text8 profile ‖ text8 name`.
    private func newLookup(_ padded: UnsafeRawBufferPointer, _ place: RecordPlace) throws(VaultError) -> LookupID {
        do {
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: padded[try Padding.range(in: padded)]))
            _ = try reader.take(2)
            let profile = try reader.take(Int(try reader.number(UInt8.self)))
            let name = try reader.take(Int(try reader.number(UInt8.self)))
            guard from.lookupID(profile, name) == place.lookup else { throw Self.changed }
            return from === to ? place.lookup : to.lookupID(profile, name)
        } catch { throw Self.changed }
    }

    private static let changed = VaultError.damaged("a record is not the one that was written last")
}

extension Vault {
    /// Reads rows of one credential and seals them anew.
    func resealed(_ keys: Keys, _ entries: [IndexEntry]) throws(VaultError) -> [ResealedRow] {
        let resealing = Resealing(keys)
        var rows: [ResealedRow] = []
        for entry in entries {
            let result = try VaultError.from { () throws(StoreError) in
                try store.withRecord(at: entry.place, secretToo: true) { parts -> Result<ResealedRow, VaultError> in
                    Result { () throws(VaultError) in try resealing.row(parts, entry) }
                }
            }
            guard let result else { throw .damaged("a record is missing") }
            rows.append(try result.get())
        }
        return rows
    }
}
