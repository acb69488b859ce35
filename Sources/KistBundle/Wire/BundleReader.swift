internal import KistModel

/// Bytes that do not follow the format.
struct Malformed: Error, Equatable {}

/// Reads the numbers, texts and names of a bundle; total: it never reads past the end and never traps.
struct BundleReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    /// The pointer must live as long as the reader.
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var left: Int { bytes.count - position }

    mutating func take(_ count: Int) throws(Malformed) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= left else { throw Malformed() }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }

    mutating func number<N: FixedWidthInteger & BitwiseCopyable>(_ type: N.Type = N.self) throws(Malformed) -> N {
        N(bigEndian: try take(MemoryLayout<N>.size).loadUnaligned(as: N.self))
    }

    mutating func bytes(_ count: Int) throws(Malformed) -> [UInt8] { [UInt8](try take(count)) }

    mutating func text8() throws(Malformed) -> String { try text(Int(try number(UInt8.self))) }

    mutating func text32(most: Int) throws(Malformed) -> String {
        let count = Int(try number(UInt32.self))
        guard count <= most else { throw Malformed() }
        return try text(count)
    }

    mutating func field() throws(Malformed) -> FieldName {
        guard let name = try? FieldName(try text8()) else { throw Malformed() }
        return name
    }

    /// A moment that has a text form.
    mutating func moment() throws(Malformed) -> Timestamp {
        let moment = Timestamp(seconds: try number())
        guard moment.isWritable else { throw Malformed() }
        return moment
    }

    func finish() throws(Malformed) {
        guard left == 0 else { throw Malformed() }
    }

    private mutating func text(_ count: Int) throws(Malformed) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else { throw Malformed() }
        return text
    }
}
