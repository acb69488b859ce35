/// Writes what `ByteReader` reads.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    var count: Int { bytes.count }

    mutating func number(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ part: [UInt8]) { bytes.append(contentsOf: part) }

    /// `u8 length ‖ UTF-8`. - Precondition: at most 255 bytes.
    mutating func text8(_ text: String) {
        number(UInt8(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// `u16 length ‖ UTF-8`. - Precondition: at most 65,535 bytes.
    mutating func text16(_ text: String) {
        number(UInt16(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// `u32 length ‖ UTF-8`.
    mutating func text32(_ text: String) {
        number(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}
