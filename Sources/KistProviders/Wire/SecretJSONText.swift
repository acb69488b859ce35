package import SecretMemory

/// Writes JSON whose texts may be secret, in locked memory.
package enum SecretJSONText {
    /// Appends `text` as a JSON string.
    package static func append(_ text: String, to buffer: inout SecretBuffer) {
        var text = text
        // A `String` is UTF-8, so this cannot be refused.
        _ = text.withUTF8 { append(UnsafeRawBufferPointer($0), to: &buffer) }
    }

    /// Appends `bytes` as a JSON string.
    ///
    /// - Returns: `false` when they are not UTF-8, and cannot be one.
    package static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout SecretBuffer) -> Bool {
        guard isUTF8(bytes) else { return false }
        buffer.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(byte)
            case 0..<0x20, 0x7F:
                buffer.append("\\u00")
                buffer.append(hex(byte >> 4))
                buffer.append(hex(byte & 15))
            default: buffer.append(byte)
            }
        }
        buffer.append(UInt8(ascii: "\""))
        return true
    }

    package static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue: continue
            case .emptyInput: return true
            case .error: return false
            }
        }
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
