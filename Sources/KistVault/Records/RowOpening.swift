internal import KistCrypto
internal import KistModel
internal import KistStore
internal import SecretMemory

/// Checks a row's parts against the index, then opens them. The one place where sealed bytes become plaintext.
struct RowOpening {
    /// Of the root that the row is sealed under.
    let keys: Keys

    /// - Throws: `.damaged` when the tag is another one or the part does not open as what it should be.
    func overview(
        _ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, tag: UnsafeRawBufferPointer
    ) throws(VaultError) -> StoredOverview {
        let key = try check(sealed, place, .overview, tag)
        var opened: StoredOverview?
        do {
            try Envelope.openExposingPlaintext(sealed, key) { plaintext in opened = try? StoredOverview(plaintext) }
        } catch {
            throw Self.changed
        }
        guard let overview = opened, overview.revision == place.revision,
            keys.lookupID(overview.profile.description, overview.overview?.name.description ?? "") == place.lookup
        else { throw Self.changed }
        return overview
    }

    func secret(
        _ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, tag: UnsafeRawBufferPointer
    ) throws(VaultError) -> SecretPart {
        let key = try check(sealed, place, .secret, tag)
        do { return try SecretPart(padded: try Envelope.open(sealed, key)) } catch { throw Self.changed }
    }

    private func check(
        _ sealed: UnsafeRawBufferPointer, _ place: RecordPlace, _ part: Part, _ tag: UnsafeRawBufferPointer
    ) throws(VaultError) -> SecretBytes {
        guard keys.isTag(tag, of: sealed, place, part) else { throw Self.changed }
        do { return try keys.recordKey(try Envelope.epoch(of: sealed), place, part) } catch { throw Self.changed }
    }

    private static let changed = VaultError.damaged("a record is not the one that was written last")
}

/// A row with both parts opened.
struct OpenedRow: ~Copyable {
    let overview: StoredOverview
    let secret: SecretPart
}

extension Vault {
    /// Opens the overview of one row.
    func overview(_ keys: Keys, _ entry: IndexEntry) throws(VaultError) -> StoredOverview {
        let opening = RowOpening(keys: keys.side(isMoved: entry.isMoved))
        let result = try VaultError.from { () throws(StoreError) in
            try store.withRecord(at: entry.place, secretToo: false) { parts -> Result<StoredOverview, VaultError> in
                entry.overviewTag.withUnsafeBytes { tag in
                    Result { () throws(VaultError) in try opening.overview(parts.overview, entry.place, tag: tag) }
                }
            }
        }
        guard let result else { throw .damaged("a record is missing") }
        return try result.get()
    }

    /// Opens both parts of one row.
    func row(_ keys: Keys, _ entry: IndexEntry) throws(VaultError) -> OpenedRow {
        let opening = RowOpening(keys: keys.side(isMoved: entry.isMoved))
        let result = try VaultError.from { () throws(StoreError) in
            try store.withRecord(at: entry.place, secretToo: true) { parts -> Result<OpenedRow, VaultError> in
                Result { () throws(VaultError) in try opening.row(parts, entry) }
            }
        }
        guard let result else { throw .damaged("a record is missing") }
        return try result.get()
    }
}

extension RowOpening {
    func row(_ parts: SealedParts, _ entry: IndexEntry) throws(VaultError) -> OpenedRow {
        let overview = try entry.overviewTag.withBytes { (tag) throws(VaultError) in
            try self.overview(parts.overview, entry.place, tag: tag)
        }
        let secret = try entry.secretTag.withBytes { (tag) throws(VaultError) in
            try self.secret(parts.secret, entry.place, tag: tag)
        }
        guard secret.fields.map(\.name) == overview.overview?.secrets ?? [] else { throw Self.changed }
        return OpenedRow(overview: overview, secret: secret)
    }
}
