/// Checks of UTF-8 on raw bytes.
enum UTF8Check {
    /// Well formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xbf
            switch lead {
            case 0..<0x80: length = 1
            case 0xc2...0xdf: length = 2
            case 0xe0: (length, second) = (3, 0xa0...0xbf)
            case 0xed: (length, second) = (3, 0x80...0x9f)
            case 0xe1...0xef: length = 3
            case 0xf0: (length, second) = (4, 0x90...0xbf)
            case 0xf4: (length, second) = (4, 0x80...0x8f)
            case 0xf1...0xf3: length = 4
            default: return false
            }
            guard index + length <= bytes.count else { return false }
            for offset in 1..<max(length, 1) {
                let range = offset == 1 ? second : 0x80...0xbf
                guard range.contains(bytes[index + offset]) else { return false }
            }
            index += length
        }
        return true
    }

    /// Whether C1 controls, direction marks, zero-width characters or line separators stand in well-formed UTF-8.
    static func hasInvisible(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 1 else { return false }
        for index in 0..<bytes.count - 1 {
            // U+0080 to U+009F.
            if bytes[index] == 0xc2, bytes[index + 1] < 0xa0 { return true }
            guard index + 2 < bytes.count else { continue }
            let (first, second, third) = (bytes[index], bytes[index + 1], bytes[index + 2])
            // U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF.
            if first == 0xe2, second == 0x80, (0x8b...0x8f).contains(third) || (0xa8...0xae).contains(third) {
                return true
            }
            if first == 0xe2, second == 0x81, (0xa0...0xaf).contains(third) { return true }
            if first == 0xef, second == 0xbb, third == 0xbf { return true }
        }
        return false
    }
}
