/// Writes the numbers and texts that formats are made of, one after the other, wherever their bytes go.
///
/// Inlined where it is used: rows and entries of the log are written through it by the thousand.
package protocol FieldWriter: ~Copyable {
    /// Puts bytes behind those that are there.
    mutating func raw(_ part: UnsafeRawBufferPointer)
}

extension FieldWriter where Self: ~Copyable {
    @inlinable @inline(__always)
    package mutating func raw(_ part: [UInt8]) { part.withUnsafeBytes { raw($0) } }

    /// The number, big-endian.
    @inlinable @inline(__always)
    package mutating func number(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { raw($0) }
    }

    /// `u8 length ‖ UTF-8`. - Precondition: at most 255 bytes.
    @inlinable
    package mutating func text8(_ text: String) {
        number(UInt8(text.utf8.count))
        self.text(text)
    }

    /// `u16 length ‖ UTF-8`. - Precondition: at most 65,535 bytes.
    @inlinable
    package mutating func text16(_ text: String) {
        number(UInt16(text.utf8.count))
        self.text(text)
    }

    /// `u32 length ‖ UTF-8`.
    @inlinable
    package mutating func text32(_ text: String) {
        number(UInt32(text.utf8.count))
        self.text(text)
    }

    @inlinable
    package mutating func text(_ text: String) {
        // Nearly every text lies in one piece already; a copy that can be changed would be counted and let go again.
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { raw(UnsafeRawBufferPointer($0)) }
        guard isWritten == nil else { return }
        var text = text
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }
}
