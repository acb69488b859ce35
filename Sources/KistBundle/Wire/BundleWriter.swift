internal import SecretMemory

/// Writes what `BundleReader` reads, into locked memory.
struct BundleWriter: ~Copyable {
    private var buffer: SecretBuffer

    init(capacity: Int) { buffer = SecretBuffer(capacity: capacity) }

    mutating func number(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { buffer.append($0) }
    }

    mutating func raw(_ bytes: UnsafeRawBufferPointer) { buffer.append(bytes) }

    /// - Precondition: at most 255 bytes.
    mutating func text8(_ text: String) {
        number(UInt8(text.utf8.count))
        buffer.append(text)
    }

    mutating func text32(_ text: String) {
        number(UInt32(text.utf8.count))
        buffer.append(text)
    }

    var count: Int { buffer.count }

    consuming func finish() -> SecretBytes { buffer.finish() }
}
