/// Bytes that do not follow the format.
struct Malformed: Error, Equatable {}

/// Reads big-endian numbers and length-prefixed parts; total: it never reads past the end and never traps.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    /// The pointer must live as long as the reader.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ count: Int) throws(Malformed) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= bytes.count - position else { throw Malformed() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func number<N: FixedWidthInteger & BitwiseCopyable>(_ type: N.Type = N.self) throws(Malformed) -> N {
        N(bigEndian: try take(MemoryLayout<N>.size).loadUnaligned(as: N.self))
    }

    mutating func bytes(_ count: Int) throws(Malformed) -> [UInt8] { [UInt8](try take(count)) }

    /// `u8 length ‖ UTF-8`.
    mutating func text8() throws(Malformed) -> String { try text(Int(try number(UInt8.self))) }

    /// `u16 length ‖ UTF-8`.
    mutating func text16() throws(Malformed) -> String { try text(Int(try number(UInt16.self))) }

    /// `u32 length ‖ UTF-8`, of at most `most` bytes.
    mutating func text32(most: Int) throws(Malformed) -> String {
        let count = Int(try number(UInt32.self))
        guard count <= most else { throw Malformed() }
        return try text(count)
    }

    /// All bytes must have been read.
    func finish() throws(Malformed) {
        guard isAtEnd else { throw Malformed() }
    }

    private mutating func text(_ count: Int) throws(Malformed) -> String {
        let bytes = try take(count)
        // Most texts are ASCII, and need no more than this look; the general check costs more than opening a row.
        if bytes.allSatisfy({ $0 < 128 }) {
            return String(unsafeUninitializedCapacity: count) { target in
                UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
                return count
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
        return text
    }
}
