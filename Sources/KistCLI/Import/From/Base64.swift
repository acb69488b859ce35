import SecretMemory

/// Base64 (RFC 4648, section 4) between locked memory and locked memory.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// - Returns: `nil` unless the value is base64 with its padding, in its one form.
    static func decode(_ values: borrowing SecretStack, _ index: Int) -> SecretBytes? {
        values.withValue(index) { decode($0) }
    }

    static func decode(_ text: UnsafeRawBufferPointer) -> SecretBytes? {
        guard text.count % 4 == 0 else { return nil }
        var out = SecretBuffer(capacity: text.count)
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        for start in stride(from: 0, to: text.count, by: 4) {
            let isLast = start + 4 == text.count
            var bits: UInt32 = 0
            for offset in 0..<4 {
                let byte = text[start + offset]
                if isLast, offset >= 4 - padding {
                    guard byte == UInt8(ascii: "=") else { return nil }
                    bits <<= 6
                    continue
                }
                guard let digit = digit(byte) else { return nil }
                bits = bits << 6 | digit
            }
            let count = isLast ? 3 - padding : 3
            let bytes = (UInt8(bits >> 16 & 255), UInt8(bits >> 8 & 255), UInt8(bits & 255))
            if count > 0 { out.append(bytes.0) }
            if count > 1 { out.append(bytes.1) }
            if count > 2 { out.append(bytes.2) }
            guard count == 3 || bits & (count == 2 ? 0xFF : 0xFFFF) == 0 else { return nil }
        }
        return out.finish()
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout SecretBuffer) {
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var bits: UInt32 = 0
            for offset in 0..<3 { bits = bits << 8 | (offset < count ? UInt32(bytes[start + offset]) : 0) }
            for offset in 0..<4 {
                text.append(offset <= count ? alphabet[Int(bits >> (18 - 6 * UInt32(offset)) & 63)] : UInt8(ascii: "="))
            }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
