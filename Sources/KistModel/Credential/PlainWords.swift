/// Words of plain values: runs of letters, digits, '.', '-', '_' and everything beyond ASCII, whatever their case. The host of
/// an address is one.
package enum PlainWords {
    package static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x80...: true
        default: false
        }
    }

    package static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte + 0x20 : byte }

    /// In small letters, as the other functions take and give it.
    package static func lower(_ text: String) -> [UInt8] { text.utf8.map(lower) }

    /// Whether `text` stands in `value`, with no word going on at either of its ends: every word of `text` is then a word of
    /// `value`.
    ///
    /// - Precondition: `text` is in small letters and not empty.
    package static func holds(_ value: String, _ text: [UInt8]) -> Bool {
        var value = value
        return value.withUTF8 { bytes in
            guard let first = text.first, let last = text.last, bytes.count >= text.count else { return false }
            for start in 0...(bytes.count - text.count) where lower(bytes[start]) == first {
                var offset = 1
                while offset < text.count, lower(bytes[start + offset]) == text[offset] { offset += 1 }
                guard offset == text.count else { continue }
                let end = start + offset
                let goesOnBefore = start > 0 && isPart(bytes[start - 1]) && isPart(first)
                let goesOnBehind = end < bytes.count && isPart(bytes[end]) && isPart(last)
                if !goesOnBefore, !goesOnBehind { return true }
            }
            return false
        }
    }

    /// Every word, in small letters.
    package static func each(of text: some Collection<UInt8>, _ body: ([UInt8]) -> Void) {
        var word: [UInt8] = []
        for byte in text {
            if isPart(byte) {
                word.append(lower(byte))
            } else if !word.isEmpty {
                body(word)
                word.removeAll(keepingCapacity: true)
            }
        }
        if !word.isEmpty { body(word) }
    }
}
