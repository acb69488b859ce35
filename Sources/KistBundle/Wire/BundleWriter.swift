internal import KistCrypto
internal import SecretMemory

/// Writes what `BundleReader` reads, into locked memory.
struct BundleWriter: ~Copyable, FieldWriter {
    private var buffer: SecretBuffer

    init(capacity: Int) { buffer = SecretBuffer(capacity: capacity) }

    mutating func raw(_ part: UnsafeRawBufferPointer) { buffer.append(part) }

    var count: Int { buffer.count }

    consuming func finish() -> SecretBytes { buffer.finish() }
}
