internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// One entry as it lies in a segment: `u32 n ‖ u64 sequence ‖ box(seal key, pad(entry))n ‖ tag32`.
struct AuditFrame {
    let sequence: UInt64
    let box: [UInt8]
    let tag: [UInt8]
    /// Where the next one begins.
    let end: Int

    static let fixed = 4 + 8
    static let tagCount = 32
    static let boxes = SecretBox.overhead + 256...SecretBox.overhead + 80 * 1_024

    /// Writes an entry into `frame`, in place of what is there. Its tag is the last 32 bytes.
    ///
    /// - Parameter previous: the tag before.
    static func encode(
        _ entry: borrowing AuditEntry, previous: [UInt8], segment: [UInt8], seal: borrowing SecretBytes,
        chain: borrowing SecretBytes, into frame: inout [UInt8]
    ) {
        // In one piece of memory, the same every time: this stands before every secret that leaves.
        let count = entry.storedCount
        let end = fixed + SecretBox.overhead + Padding.size(count)
        if frame.count != end + tagCount { frame = [UInt8](repeating: 0, count: end + tagCount) }
        frame.withUnsafeMutableBytes { all in
            var writer = RoomWriter(all)
            writer.number(UInt32(end - fixed))
            writer.number(entry.sequence)
            writer = RoomWriter(all, from: fixed + SecretBox.overhead)
            writer.number(UInt32(count))
            entry.write(to: &writer, previous: previous)
            writer.zeros(to: end)
            let box = UnsafeMutableRawBufferPointer(rebasing: all[fixed..<end])
            SecretBox.seal(inPlace: box, seal)
            tag(
                UnsafeRawBufferPointer(box), entry.sequence, previous: previous, segment: segment, chain,
                into: UnsafeMutableRawBufferPointer(rebasing: all[end...]))
        }
    }

    /// `B(chain key, LP("kist/v1/entry") ‖ LP(segment id) ‖ u64 sequence ‖ LP(previous tag) ‖ LP(box))`
    private static func tag(
        _ box: UnsafeRawBufferPointer, _ sequence: UInt64, previous: [UInt8], segment: [UInt8],
        _ chain: borrowing SecretBytes, into tag: UnsafeMutableRawBufferPointer
    ) {
        Message.with(capacity: 128 + box.count) { message in
            message.append("kist/v1/entry")
            segment.withUnsafeBytes { message.append($0) }
            message.append(plain: sequence)
            previous.withUnsafeBytes { message.append($0) }
            message.append(box)
            Blake2b.tag(chain, message.bytes, into: tag)
        }
    }

    /// Whether the chain's key at this place made the tag.
    func isGenuine(previous: [UInt8], segment: [UInt8], _ chain: borrowing SecretBytes) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: Self.tagCount, alignment: 8) { expected in
            box.withUnsafeBytes {
                Self.tag($0, sequence, previous: previous, segment: segment, chain, into: expected)
            }
            return tag.withUnsafeBytes { ConstantTime.areEqual($0, UnsafeRawBufferPointer(expected)) }
        }
    }

    /// What it says; `nil` when the seal does not open, or something else is sealed there than stands beside it.
    func open(previous: [UInt8], _ seal: borrowing SecretBytes) -> AuditEntry? {
        let padded = try? box.withBytes { (box) throws(SealError) in try SecretBox.open(box, seal) }
        guard let padded else { return nil }
        return padded.withBytes { padded -> AuditEntry? in
            guard let range = try? Padding.range(in: padded),
                let (entry, before) = try? AuditEntry.decode(UnsafeRawBufferPointer(rebasing: padded[range])),
                entry.sequence == sequence, before == previous
            else { return nil }
            return entry
        }
    }
}

/// Reads the entries of one segment in order, in pieces of bounded size.
struct AuditReader {
    enum Found {
        case entry(AuditFrame)
        /// Exactly at the end.
        case end
        /// Too few bytes are left for what was begun, or only zeros: what a power cut leaves.
        case torn
        /// No entry begins here.
        case malformed
    }

    private static let piece = 256 * 1_024

    private let store: any AuditStore
    private let segment: UInt64?
    private(set) var offset: Int
    private let end: Int
    private var bytes: [UInt8] = []
    private var start: Int

    /// - Parameter end: nothing is read from there on.
    init(_ store: any AuditStore, _ segment: UInt64?, from offset: Int = AuditSegment.start, to end: Int) {
        self.store = store
        self.segment = segment
        self.offset = offset
        self.end = end
        start = offset
    }

    mutating func next() throws(AuditStoreError) -> Found {
        guard offset < end else { return .end }
        guard try fill(AuditFrame.fixed) else { return .torn }
        let here = offset - start
        let (count, sequence) = bytes.withUnsafeBytes { raw in
            (
                Int(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: here, as: UInt32.self))),
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: here + 4, as: UInt64.self))
            )
        }
        guard AuditFrame.boxes.contains(count) else { return try isRestZero() ? .torn : .malformed }
        let whole = AuditFrame.fixed + count + AuditFrame.tagCount
        guard try fill(whole) else { return .torn }
        let at = offset - start + AuditFrame.fixed
        let frame = AuditFrame(
            sequence: sequence, box: Array(bytes[at..<at + count]),
            tag: Array(bytes[at + count..<at + count + AuditFrame.tagCount]), end: offset + whole)
        offset = frame.end
        return .entry(frame)
    }

    /// Has `count` bytes from `offset` on at hand.
    private mutating func fill(_ count: Int) throws(AuditStoreError) -> Bool {
        guard offset + count <= end else { return false }
        guard offset + count > start + bytes.count else { return true }
        bytes = try store.read(segment, at: offset, count: min(max(Self.piece, count), end - offset))
        start = offset
        return bytes.count >= count
    }

    private func isRestZero() throws(AuditStoreError) -> Bool {
        guard end - offset <= 1 << 20 else { return false }
        return try store.read(segment, at: offset, count: end - offset).allSatisfy { $0 == 0 }
    }
}
