internal import KistCrypto
internal import KistStore

/// What the index knows of one row: `lookup id16 ‖ u64 revision ‖ overview tag16 ‖ secret tag16`.
///
/// While a change of the root moves rows, the highest bit of the revision says that this row has been moved: it is sealed,
/// tagged and looked up under the new root.
struct IndexEntry: Equatable {
    static let byteCount = 56
    static let tagCount = 16
    private static let movedBit = UInt64(1) << 63

    let place: RecordPlace
    /// 16 bytes over the sealed overview.
    let overviewTag: [UInt8]
    /// 16 bytes over the sealed secret part.
    let secretTag: [UInt8]
    /// Under the new root, while there are two.
    let isMoved: Bool

    init(place: RecordPlace, overviewTag: [UInt8], secretTag: [UInt8], isMoved: Bool = false) {
        self.isMoved = isMoved
        self.place = place
        self.overviewTag = overviewTag
        self.secretTag = secretTag
    }

    /// - Precondition: 56 bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        place = Self.place(bytes)
        isMoved = Self.isMoved(bytes)
        overviewTag = [UInt8](bytes[24..<40])
        secretTag = [UInt8](bytes[40..<56])
    }

    /// The place alone, without a copy of the tags.
    static func place(_ bytes: UnsafeRawBufferPointer) -> RecordPlace {
        RecordPlace(
            lookup: LookupID(UnsafeRawBufferPointer(rebasing: bytes[..<16])),
            revision: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)) & ~movedBit)
    }

    static func isMoved(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes[16] & 0x80 != 0 }

    var bytes: [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        writer.number(place.lookup.high)
        writer.number(place.lookup.low)
        writer.number(isMoved ? place.revision | Self.movedBit : place.revision)
        writer.raw(overviewTag)
        writer.raw(secretTag)
        return writer.bytes
    }
}
