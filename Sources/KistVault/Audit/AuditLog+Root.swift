internal import KistCrypto
internal import SecretMemory

/// What a change of the vault's root key means for its log: every segment's key is wrapped a second time, then the root
/// is changed, then the first wrap goes. A kill at any point leaves at least the one that opens.
extension AuditLog {
    /// Wraps the key of every segment under the next root's audit key as well. Call it before the commit that changes the
    /// root.
    func prepare(for next: borrowing SecretBytes) throws(AuditStoreError) {
        for place in try Self.places(store) {
            // What lies among the older ones and is none, or cannot be read, stops no change of the root.
            try Self.unlessOlder(place) { () throws(AuditStoreError) in
                let start = try store.read(place, at: 0, count: AuditSegment.start)
                guard let segment = try? AuditSegment(start), let found = segment.unwrap(start, audit) else { return }
                let free = 1 - found.place
                try store.overwrite(place, at: AuditSegment.wraps[free], with: segment.wrap(found.key, next))
            }
        }
        try store.sync()
    }

    /// Goes on under the new root and drops the wraps of the old one. Call it after the commit.
    func settle(on next: consuming SecretBytes) throws(AuditStoreError) {
        audit = next
        seenSequence = 0
        let start = try store.read(nil, at: 0, count: AuditSegment.start)
        guard let found = segment.unwrap(start, audit) else { return }
        let place = found.place
        try Self.dropOtherWraps(store, start, place, vaultID, audit)
        if isDirty { try sync() }
        remember()
    }

    /// Drops what a change of the root left in the other place, in all segments.
    ///
    /// - Parameters:
    ///   - start: the first 1,024 bytes of the active segment.
    ///   - place: where its key stands.
    static func dropOtherWraps(
        _ store: any AuditStore, _ start: [UInt8], _ place: Int, _ vaultID: [UInt8], _ audit: borrowing SecretBytes
    ) throws(AuditStoreError) {
        guard AuditSegment.isPlaceUsed(1 - place, start) else { return }
        let zeros = [UInt8](repeating: 0, count: AuditSegment.wrapCount)
        // The active one last: as long as it has two, the others are looked at again.
        for other in try places(store).reversed() {
            try unlessOlder(other) { () throws(AuditStoreError) in
                let start = try store.read(other, at: 0, count: AuditSegment.start)
                guard let segment = try? AuditSegment(start), segment.vaultID == vaultID,
                    let found = segment.unwrap(start, audit)
                else { return }
                try store.overwrite(other, at: AuditSegment.wraps[1 - found.place], with: zeros)
            }
        }
        try store.sync()
    }

    /// Errors count for the active segment only.
    private static func unlessOlder(
        _ place: UInt64?, _ body: () throws(AuditStoreError) -> Void
    ) throws(AuditStoreError) {
        do { try body() } catch { if place == nil { throw error } }
    }

    /// All segments: the active one first.
    private static func places(_ store: any AuditStore) throws(AuditStoreError) -> [UInt64?] {
        var places: [UInt64?] = [nil]
        for number in try store.older() { places.append(number) }
        return places
    }
}
