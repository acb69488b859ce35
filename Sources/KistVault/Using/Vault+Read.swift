internal import KistCrypto
package import KistModel
internal import KistStore
internal import SecretMemory

extension Vault {
    /// Overviews in order of profile and name. `nil`: of all profiles.
    ///
    /// - Parameter isWanted: which of them.
    package func list(
        _ profile: ProfileName?, where isWanted: (Overview) -> Bool = { _ in true }
    ) throws(VaultError) -> [Overview] {
        var overviews: [Overview] = []
        try eachOverview { row, _ in
            guard let overview = row.overview, profile == nil || row.profile == profile, isWanted(overview) else {
                return
            }
            overviews.append(overview)
        }
        let order = ListOrder.positions(of: overviews)
        return order.map { overviews[$0] }
    }

    package func overview(_ profile: ProfileName, _ name: CredentialName) throws(VaultError) -> Overview {
        let (keys, contents) = try opened()
        guard let entry = contents.index.newest(keys.lookup(profile, name)),
            let overview = try overview(keys, entry).overview
        else { throw .notFound(profile: profile, name: name, field: nil) }
        return overview
    }

    /// Opens secrets: all wants or none. Fields that are plain are skipped (their values are in the overview). A wanted
    /// one-time code is made from its key here, which stays behind.
    ///
    /// - Parameters:
    ///   - most: bytes of all secrets together.
    ///   - now: the time of day, for one-time codes; without it there are none.
    /// - Throws: `.tooLarge` beyond that; `.notFound` naming the first want, and the field, that is not there.
    package func reveal(
        _ wants: [Want], most: Int = .max, now: Timestamp? = nil
    ) throws(VaultError) -> Revealed {
        let (keys, contents) = try opened()
        var items: [Revealed.Item] = []
        var values = SecretBuffer()
        var lengths: [Int] = []
        for want in wants {
            guard let entry = contents.index.newest(keys.lookup(want.profile, want.name)) else {
                throw .notFound(profile: want.profile, name: want.name, field: nil)
            }
            let row = try row(keys, entry)
            guard let overview = row.overview.overview else {
                throw .notFound(profile: want.profile, name: want.name, field: nil)
            }
            var fields: [(name: FieldName, segment: Int)] = []
            for name in want.fields ?? overview.secrets {
                if let field = row.secret.fields.first(where: { $0.name == name }) {
                    guard values.count + field.range.count <= most else {
                        throw .tooLarge("so many secrets at once")
                    }
                    row.secret.withValue(field.range) { values.append($0) }
                    fields.append((name, lengths.count))
                    lengths.append(field.range.count)
                } else if overview.plainValue(name) != nil {
                    continue
                } else if let code = try oneTimeCode(name, row.secret, now) {
                    guard values.count + code.count <= most else { throw .tooLarge("so many secrets at once") }
                    values.append(code)
                    fields.append((name, lengths.count))
                    lengths.append(code.count)
                } else {
                    throw .notFound(profile: want.profile, name: want.name, field: name)
                }
            }
            items.append(Revealed.Item(overview: overview, fields: fields))
        }
        return Revealed(items: items, segments: SecretSegments(bytes: values.finish(), lengths: lengths))
    }

    /// - Returns: `nil` when `name` is not that of the code, or there is no key for one.
    private func oneTimeCode(
        _ name: FieldName, _ secret: borrowing SecretPart, _ now: Timestamp?
    ) throws(VaultError) -> SecretBytes? {
        guard let now, name == .oneTimeCode, let key = secret.fields.first(where: { $0.name == .oneTimeText }) else {
            return nil
        }
        do throws(OneTimeFault) {
            return try secret.withValue(key.range) { (text) throws(OneTimeFault) in
                try OneTimeCode.make(text, now: now)
            }
        } catch { throw .invalid("the field totp is no key of one-time codes: \(error.why)") }
    }

    /// Hands out the newest overview of every credential and the markers of profiles, in the store's order. Older revisions
    /// are compared with the index by place only.
    func eachOverview(_ body: (StoredOverview, RecordPlace) -> Void) throws(VaultError) {
        let (keys, contents) = try opened()
        try eachRow(contents, secretToo: false) { place, parts, entry, isNewest throws(VaultError) in
            guard isNewest else { return }
            let opening = RowOpening(keys: keys.side(isMoved: IndexEntry.isMoved(entry)))
            let tag = UnsafeRawBufferPointer(rebasing: entry[24..<40])
            body(try opening.overview(parts.overview, place, tag: tag), place)
        }
    }

    /// Hands out every row with its entry of the index, in order.
    ///
    /// - Throws: `.damaged` at the first row that is not the one that the index has next.
    func eachRow(
        _ contents: Contents, secretToo: Bool,
        _ body: (RecordPlace, SealedParts, UnsafeRawBufferPointer, _ isNewest: Bool) throws(VaultError) -> Void
    ) throws(VaultError) {
        if contents.index.isMoving { return try eachRowWhileMoving(contents, secretToo: secretToo, body) }
        var walk = IndexWalk(contents.index)
        var failure: VaultError?
        try VaultError.from { () throws(StoreError) in
            try store.scan(secretToo: secretToo) { place, parts in
                do throws(VaultError) {
                    try walk.next(place) { entry, isNewest in
                        Result { () throws(VaultError) in try body(place, parts, entry, isNewest) }
                    }.get()
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
        try walk.finish()
    }
}
