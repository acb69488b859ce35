internal import KistModel
internal import SecretMemory

/// A place in a JSON text, and what every reader of one needs there: marks, white space, and strings with their escapes,
/// straight into locked memory. The text is UTF-8.
struct JSONCursor {
    let text: UnsafeRawBufferPointer
    var at = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// The next byte; `nil` at the end.
    var next: UInt8? { at < text.count ? text[at] : nil }

    var isAtEnd: Bool { at == text.count }

    /// Takes a string; what is appended before it turns out to be none is of no use.
    mutating func string(into buffer: inout SecretBuffer) -> Bool {
        guard take("\"") else { return false }
        while at < text.count {
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape(&buffer) else { return false }
            case 0..<0x20: return false
            default: buffer.append(byte)
            }
        }
        return false
    }

    private mutating func escape(_ buffer: inout SecretBuffer) -> Bool {
        guard at < text.count else { return false }
        let mark = text[at]
        at += 1
        if let byte = JSONEscape.byte(of: mark) {
            buffer.append(byte)
            return true
        }
        guard mark == UInt8(ascii: "u"), var unit = hex() else { return false }
        if (0xD800..<0xDC00).contains(unit) {
            guard take("\\"), take("u"), let low = hex(), (0xDC00..<0xE000).contains(low) else { return false }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit), let bytes = UTF8.encode(scalar) else { return false }
        for byte in bytes { buffer.append(byte) }
        return true
    }

    private mutating func hex() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < text.count, let digit = Character(Unicode.Scalar(text[at])).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    /// Takes this mark, if it is the next byte.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    /// Takes white space.
    mutating func skip() {
        while at < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[at]) { at += 1 }
    }
}
