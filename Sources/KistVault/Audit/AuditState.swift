internal import KistCrypto
internal import SecretMemory

/// The chain between two runs of the agent: the key of the next entry and the tag of the last one, sealed in the
/// segment. Written in turn to two places, so that a torn write leaves the other; the older one's key is older, too.
///
/// `u64 sequence ‖ u64 offset ‖ box(state key, chain key32 ‖ tag32)104`
enum AuditState {
    static let places = [512, 640]
    static let count = 16 + SecretBox.overhead + 64

    /// - Parameters:
    ///   - sequence: of the next entry.
    ///   - offset: where it will stand.
    static func encode(
        sequence: UInt64, offset: Int, chain: borrowing SecretBytes, tag: [UInt8], _ segment: borrowing SecretBytes
    ) -> [UInt8] {
        var writer = ByteWriter(capacity: count)
        writer.number(sequence)
        writer.number(UInt64(offset))
        var bytes = writer.bytes
        var plain = SecretBuffer(capacity: 64)
        plain.append(chain)
        tag.withUnsafeBytes { plain.append($0) }
        let key = AuditKeys.state(segment, sequence: sequence, offset: UInt64(offset))
        plain.withBytes { SecretBox.seal($0, key, appendingTo: &bytes) }
        return bytes
    }

    /// The later of the two that opens.
    ///
    /// - Parameter start: the first 1,024 bytes of the segment.
    static func latest(in start: [UInt8], _ segment: borrowing SecretBytes) -> Opened? {
        var found: Opened?
        for (place, position) in places.enumerated() {
            let bytes = Array(start[position..<position + count])
            guard let opened = open(bytes, place, segment) else { continue }
            if opened.sequence > found?.sequence ?? 0 { found = opened }
        }
        return found
    }

    private static func open(_ bytes: [UInt8], _ place: Int, _ segment: borrowing SecretBytes) -> Opened? {
        let numbers: (UInt64, UInt64)? = bytes.withUnsafeBytes { raw in
            var reader = ByteReader(raw)
            guard let sequence = try? reader.number(UInt64.self), let offset = try? reader.number(UInt64.self) else {
                return nil
            }
            return (sequence, offset)
        }
        guard let (sequence, offset) = numbers, sequence > 0, offset <= UInt64(Int32.max) else { return nil }
        let key = AuditKeys.state(segment, sequence: sequence, offset: offset)
        let plain = try? Array(bytes[16...]).withBytes { (box) throws(SealError) in try SecretBox.open(box, key) }
        guard let plain else { return nil }
        return Opened(
            sequence: sequence, offset: Int(offset), chain: plain.slice(0..<32),
            tag: plain.withBytes { Array($0[32..<64]) }, place: place)
    }

    final class Opened {
        let sequence: UInt64
        let offset: Int
        let chain: SecretBytes
        let tag: [UInt8]
        let place: Int

        init(sequence: UInt64, offset: Int, chain: consuming SecretBytes, tag: [UInt8], place: Int) {
            self.sequence = sequence
            self.offset = offset
            self.chain = chain
            self.tag = tag
            self.place = place
        }
    }
}
