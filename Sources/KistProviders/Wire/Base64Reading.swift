package import SecretMemory

/// Base64 with padding (RFC 4648, section 4) into locked memory.
package enum Base64Reading {
    /// Strict: no other characters, whole groups, nothing left over in the last one.
    ///
    /// - Returns: `false` when it is not base64; part of it may have been appended then.
    package static func decode(_ text: UnsafeRawBufferPointer, into buffer: inout SecretBuffer) -> Bool {
        guard text.count % 4 == 0 else { return false }
        for start in stride(from: 0, to: text.count, by: 4) {
            var padding = 0
            if start + 4 == text.count, text[start + 3] == UInt8(ascii: "=") {
                padding = text[start + 2] == UInt8(ascii: "=") ? 2 : 1
            }
            var group: UInt32 = 0
            for place in 0..<4 - padding {
                guard let bits = bits(text[start + place]) else { return false }
                group |= bits << UInt32(18 - 6 * place)
            }
            let unused: UInt32 = padding == 0 ? 0 : padding == 1 ? 0xFF : 0xFFFF
            guard group & unused == 0 else { return false }
            for place in 0..<3 - padding { buffer.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) }
        }
        return true
    }

    private static func bits(_ letter: UInt8) -> UInt32? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(letter - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(letter - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(letter - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
