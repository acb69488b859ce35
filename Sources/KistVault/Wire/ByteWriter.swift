internal import KistCrypto

/// Writes what `ByteReader` reads.
struct ByteWriter: FieldWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    var count: Int { bytes.count }

    mutating func raw(_ part: UnsafeRawBufferPointer) { bytes.append(contentsOf: part) }
}
