/// Text out of bytes that came from somewhere.
package enum PlainText {
    /// - Returns: `nil` when they are not UTF-8.
    package static func read(_ bytes: UnsafeRawBufferPointer) -> String? {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return all < 0x80 ? ascii(bytes) : String(validating: bytes, as: UTF8.self)
    }

    /// Validation costs more than all the rest of a small message, and names are nearly always ASCII.
    ///
    /// - Precondition: no byte is 0x80 or more.
    package static func ascii(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count) { target in
            if bytes.count > 0 { UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes) }
            return bytes.count
        }
    }
}
