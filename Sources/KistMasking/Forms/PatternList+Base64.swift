internal import SecretMemory

extension PatternList {
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let web = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Base64 where 0, 1 or 2 bytes stand before the secret in its group of three: what of it does not depend on what
    /// stands before and behind. Up to four bits at its beginning stay in the character before.
    mutating func addBase64(_ value: UnsafeRawBufferPointer, _ label: Int, isLong: Bool) {
        for before in 0..<3 {
            addBase64(value, label, Self.standard, before: before)
            if !isLong { addBase64(value, label, Self.web, before: before) }
        }
        // base64(1) and Python break lines at 76, openssl at 64.
        for width in [76, 64] where (value.count + 2) / 3 * 4 > width {
            for end in LineEnd.allCases { addBase64(value, label, Self.standard, before: 0, lines: (width, end)) }
        }
    }

    private mutating func addBase64(
        _ value: UnsafeRawBufferPointer, _ label: Int, _ alphabet: [UInt8], before: Int, lines: (Int, LineEnd)? = nil
    ) {
        let start = text.count
        let bits = 8 * (before + value.count)
        for character in (8 * before + 5) / 6..<bits / 6 {
            if let lines, character > 0, character % lines.0 == 0 { text.append(lines.1.rawValue) }
            // The two bytes that this character's six bits lie in.
            let bit = 6 * character
            let first = bit / 8 - before
            let high = UInt16(value[first])
            let low = first + 1 < value.count ? UInt16(value[first + 1]) : 0
            let six = (high << 8 | low) >> UInt16(10 - bit % 8) & 63
            text.append(alphabet[Int(six)])
        }
        close(from: start, label, .base64, swallows: bits % 6 != 0)
    }
}
