internal import KistCrypto

/// Writes what `ByteReader` reads, into memory whose size was counted before.
struct RoomWriter: FieldWriter {
    private let room: UnsafeMutableRawBufferPointer
    private(set) var position: Int

    /// - Parameter start: where the first byte goes.
    init(_ room: UnsafeMutableRawBufferPointer, from start: Int = 0) {
        self.room = room
        position = start
    }

    mutating func raw(_ part: UnsafeRawBufferPointer) {
        precondition(part.count <= room.count - position, "the room was counted too small")
        guard let base = part.baseAddress else { return }
        (room.baseAddress! + position).copyMemory(from: base, byteCount: part.count)
        position += part.count
    }

    /// Zeros up to `end`.
    mutating func zeros(to end: Int) {
        precondition(end >= position && end <= room.count, "the room was counted too small")
        (room.baseAddress! + position).initializeMemory(as: UInt8.self, repeating: 0, count: end - position)
        position = end
    }
}
