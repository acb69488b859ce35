internal import KistStore

/// What the index knows of one row: `lookup id16 ‖ u64 revision ‖ overview tag16 ‖ secret tag16`.
struct IndexEntry: Equatable {
    static let byteCount = 56
    static let tagCount = 16

    let place: RecordPlace
    /// 16 bytes over the sealed overview.
    let overviewTag: [UInt8]
    /// 16 bytes over the sealed secret part.
    let secretTag: [UInt8]

    init(place: RecordPlace, overviewTag: [UInt8], secretTag: [UInt8]) {
        self.place = place
        self.overviewTag = overviewTag
        self.secretTag = secretTag
    }

    /// - Precondition: 56 bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        place = Self.place(bytes)
        overviewTag = [UInt8](bytes[24..<40])
        secretTag = [UInt8](bytes[40..<56])
    }

    /// The place alone, without a copy of the tags.
    static func place(_ bytes: UnsafeRawBufferPointer) -> RecordPlace {
        RecordPlace(
            lookup: LookupID(UnsafeRawBufferPointer(rebasing: bytes[..<16])),
            revision: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
    }

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.number(place.lookup.high)
        writer.number(place.lookup.low)
        writer.number(place.revision)
        writer.raw(overviewTag)
        writer.raw(secretTag)
        return writer.bytes
    }
}
