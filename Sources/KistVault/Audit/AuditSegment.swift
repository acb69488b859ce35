internal import KistCrypto
internal import SecretMemory

/// What stands at the beginning of a segment of the log. `Audit.md` says where, to the byte.
struct AuditSegment: Equatable {
    static let magic = Array("KISTAUDT".utf8)
    static let format: UInt8 = 1
    /// Bytes that the segment's key is bound to.
    static let headCount = 8 + 1 + 16 + 16 + 8 + 8 + 8 + 32 + AuditLine.count
    /// Where the wrapped keys stand.
    static let wraps = [256, 336]
    static let wrapCount = SecretBox.overhead + 32
    /// Where entries begin.
    static let start = 1_024

    /// No log gets as far: what adds one to a number below it cannot overflow.
    static let lastFirst: UInt64 = 1 << 62
    /// Numbers up to this are believed where nothing vouches for them: what follows has room below the last one.
    static let lastUnproved: UInt64 = 1 << 48

    let vaultID: [UInt8]
    let id: [UInt8]
    let number: UInt64
    /// The number of the oldest segment that is kept beside this one; its own when there is none.
    let oldest: UInt64
    /// The sequence number of the first entry.
    let first: UInt64
    /// The tag of the entry before; zeros when there is none that counts.
    let previous: [UInt8]
    let line: AuditLine

    var head: [UInt8] {
        var writer = ByteWriter(capacity: Self.headCount)
        writer.raw(Self.magic)
        writer.number(Self.format)
        writer.raw(vaultID)
        writer.raw(id)
        writer.number(number)
        writer.number(oldest)
        writer.number(first)
        writer.raw(previous)
        line.write(to: &writer)
        return writer.bytes
    }

    /// The key of this segment under a vault's audit key.
    func wrap(_ key: borrowing SecretBytes, _ audit: borrowing SecretBytes) -> [UInt8] {
        var wrapped: [UInt8] = []
        let wrapKey = AuditKeys.wrap(audit, head: head)
        key.withBytes { SecretBox.seal($0, wrapKey, appendingTo: &wrapped) }
        return wrapped
    }

    /// - Parameter start: the first 1,024 bytes of the segment.
    /// - Returns: the key and which of the two places it stands in; `nil` when neither opens.
    func unwrap(_ start: [UInt8], _ audit: borrowing SecretBytes) -> UnwrappedKey? {
        let wrapKey = AuditKeys.wrap(audit, head: head)
        for (place, offset) in Self.wraps.enumerated() {
            let box = Array(start[offset..<offset + Self.wrapCount])
            do {
                let key = try box.withBytes { (box) throws(SealError) in try SecretBox.open(box, wrapKey) }
                return UnwrappedKey(key: key, place: place)
            } catch { continue }
        }
        return nil
    }

    /// Whether something stands in the other place, too: a change of the root that was begun.
    static func isPlaceUsed(_ place: Int, _ start: [UInt8]) -> Bool {
        start[wraps[place]..<wraps[place] + wrapCount].contains { $0 != 0 }
    }

    /// - Parameter start: the first 1,024 bytes of the segment.
    init(_ start: [UInt8]) throws(Malformed) {
        guard start.count >= Self.start else { throw Malformed() }
        self = try start.withBytes { (raw) throws(Malformed) in try AuditSegment(raw) }
    }

    private init(_ raw: UnsafeRawBufferPointer) throws(Malformed) {
        var reader = ByteReader(raw)
        guard try reader.bytes(8) == Self.magic, try reader.number(UInt8.self) == Self.format else { throw Malformed() }
        vaultID = try reader.bytes(16)
        id = try reader.bytes(16)
        number = try reader.number()
        oldest = try reader.number()
        first = try reader.number()
        previous = try reader.bytes(32)
        line = try AuditLine(&reader)
        guard number > 0, (1...number).contains(oldest), (1...Self.lastFirst).contains(first), line.first <= first
        else { throw Malformed() }
    }

    init(
        vaultID: [UInt8], number: UInt64, oldest: UInt64, first: UInt64, previous: [UInt8], line: AuditLine
    ) {
        self.vaultID = vaultID
        id = RandomBytes.make(16)
        self.number = number
        self.oldest = oldest
        self.first = first
        self.previous = previous
        self.line = line
    }
}

/// A segment's key, and where it was found.
final class UnwrappedKey {
    let key: SecretBytes
    let place: Int

    init(key: consuming SecretBytes, place: Int) {
        self.key = key
        self.place = place
    }
}
