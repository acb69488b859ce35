/// Base64 with padding (RFC 4648, 4), for `Basic` credentials.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ text: some Collection<UInt8>) -> String {
        let bytes = Array(text)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var word = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word <<= UInt32(8 * (3 - part.count))
            for place in 0..<4 {
                out.append(place <= part.count ? letters[Int(word >> UInt32(18 - 6 * place) & 63)] : 0x3D)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `nil` for anything that is not base64; padding may be missing.
    static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var word: UInt32 = 0
        var bits = 0
        var padding = 0
        for byte in text {
            if byte == 0x3D {
                padding += 1
                continue
            }
            guard padding == 0, let value = letters.firstIndex(of: byte) else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return padding <= 2 && bits < 6 ? out : nil
    }
}
