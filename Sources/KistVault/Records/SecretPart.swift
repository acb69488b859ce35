internal import KistCrypto
internal import KistModel
internal import SecretMemory

/// The secret part: `u8 layout = 1 ‖ u16 count × (text8 name ‖ u32 length ‖ value)`, so that a field is a slice of the
/// locked memory into which the part was opened.
struct SecretPart: ~Copyable {
    static let layout: UInt8 = 1

    /// Padded, as it was opened.
    private let padded: SecretBytes
    /// The fields in order, and where each value lies in `padded`.
    let fields: [(name: FieldName, range: Range<Int>)]

    /// Reads an opened part.
    init(padded: consuming SecretBytes) throws(Malformed) {
        fields = try padded.withBytes { (bytes) throws(Malformed) in
            guard let range = try? Padding.range(in: bytes) else { throw Malformed() }
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
            guard try reader.number(UInt8.self) == Self.layout else { throw Malformed() }
            let count = Int(try reader.number(UInt16.self))
            guard count <= PutItem.mostFields else { throw Malformed() }
            var fields: [(name: FieldName, range: Range<Int>)] = []
            fields.reserveCapacity(count)
            for _ in 0..<count {
                guard let name = try? FieldName(try reader.text8()) else { throw Malformed() }
                let length = Int(try reader.number(UInt32.self))
                let start = range.lowerBound + reader.position
                _ = try reader.take(length)
                fields.append((name, start..<start + length))
            }
            try reader.finish()
            return fields
        }
        self.padded = padded
    }

    /// Reads a value in place; the pointer must not leave `body`.
    borrowing func withValue<R: ~Copyable, E: Error>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try padded.withBytes { (all) throws(E) -> R in try body(UnsafeRawBufferPointer(rebasing: all[range])) }
    }

    /// All values in order, as what a `put` takes.
    var segments: SecretSegments {
        var values = SecretBuffer()
        for field in fields { withValue(field.range) { values.append($0) } }
        return SecretSegments(bytes: values.finish(), lengths: fields.map(\.range.count))
    }

    /// The padded bytes of a part, ready to be sealed.
    ///
    /// - Parameter first: the segment of the first name; the others follow.
    static func encode(
        _ names: [FieldName], _ values: borrowing SecretSegments, from first: Int
    ) -> SecretBytes {
        var count = 3
        for (offset, name) in names.enumerated() {
            count += 1 + name.description.utf8.count + 4 + values.lengths[first + offset]
        }
        let total = count
        return SecretBytes(count: Padding.size(total)) { target in
            Padding.writeLength(total, into: target)
            var position = Padding.prefix
            func put(_ bytes: UnsafeRawBufferPointer) {
                UnsafeMutableRawBufferPointer(rebasing: target[position..<position + bytes.count])
                    .copyMemory(from: bytes)
                position += bytes.count
            }
            func put(number: some FixedWidthInteger) { withUnsafeBytes(of: number.bigEndian) { put($0) } }
            put(number: layout)
            put(number: UInt16(names.count))
            for (offset, name) in names.enumerated() {
                var name = name.description
                name.withUTF8 { name in
                    put(number: UInt8(name.count))
                    put(UnsafeRawBufferPointer(name))
                }
                put(number: UInt32(values.lengths[first + offset]))
                values.withSegment(first + offset) { put($0) }
            }
        }
    }
}
