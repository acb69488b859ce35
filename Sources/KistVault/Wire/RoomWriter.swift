/// Writes what `ByteReader` reads, into memory whose size was counted before.
struct RoomWriter {
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

    mutating func raw(_ part: [UInt8]) { part.withUnsafeBytes { raw($0) } }

    mutating func number(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.bigEndian) { raw($0) } }

    /// `u8 length ‖ UTF-8`. - Precondition: at most 255 bytes.
    mutating func text8(_ text: String) {
        number(UInt8(text.utf8.count))
        self.text(text)
    }

    /// `u16 length ‖ UTF-8`. - Precondition: at most 65,535 bytes.
    mutating func text16(_ text: String) {
        number(UInt16(text.utf8.count))
        self.text(text)
    }

    /// Zeros up to `end`.
    mutating func zeros(to end: Int) {
        precondition(end >= position && end <= room.count, "the room was counted too small")
        (room.baseAddress! + position).initializeMemory(as: UInt8.self, repeating: 0, count: end - position)
        position = end
    }

    private mutating func text(_ text: String) {
        // Nearly every text lies in one piece already; a copy that can be changed would be counted and let go again.
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { raw(UnsafeRawBufferPointer($0)) }
        guard isWritten == nil else { return }
        var text = text
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }
}
