package import SecretMemory

/// Reads and writes JSON strings that are secret, without their text ever leaving locked memory.
package enum SecretJSON {
    /// Reads one flat object whose values are strings (or numbers, `true`, `false`, taken as written).
    ///
    /// - Parameter take: called for each member in order.
    /// - Throws: `Failure`; keys are named, values never.
    package static func readObject(
        _ text: UnsafeRawBufferPointer, what: String,
        take: (String, UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        var reader = SecretJSONReader(text: text, what: what)
        try reader.object(take)
    }

    /// Appends `bytes` as a JSON string; what could attack a terminal is written as an escape, which means the same.
    ///
    /// - Returns: `false` when they are not UTF-8, and cannot be one.
    package static func append(_ bytes: UnsafeRawBufferPointer, to buffer: inout SecretBuffer) -> Bool {
        guard isUTF8(bytes) else { return false }
        buffer.append(UInt8(ascii: "\""))
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            switch scalar {
            case "\"", "\\":
                buffer.append(UInt8(ascii: "\\"))
                buffer.append(UInt8(ascii: scalar))
            case "\n": buffer.append("\\n")
            case "\r": buffer.append("\\r")
            case "\t": buffer.append("\\t")
            case _ where Visible.isUnsafe(scalar, false):
                for unit in UTF16.encode(scalar)! { buffer.append(escape(unit)) }
            default: for byte in UTF8.encode(scalar)! { buffer.append(byte) }
            }
        }
        buffer.append(UInt8(ascii: "\""))
        return true
    }

    /// `\u` with four digits.
    static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    /// Whether the bytes are well-formed UTF-8.
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
}
