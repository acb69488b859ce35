extension TOMLParser {
    /// Whether three quotes of the same kind stand here.
    var isTriple: Bool { at + 2 < bytes.count && bytes[at + 1] == bytes[at] && bytes[at + 2] == bytes[at] }

    mutating func basicString() throws(TOMLError) -> String {
        at += 1
        var text: [UInt8] = []
        while byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                text.append(try plainByte())
            }
        }
        at += 1
        return String(decoding: text, as: UTF8.self)
    }

    mutating func literalString() throws(TOMLError) -> String {
        at += 1
        let start = at
        while byte != UInt8(ascii: "'") { _ = try plainByte() }
        at += 1
        return String(decoding: bytes[start..<at - 1], as: UTF8.self)
    }

    mutating func basicLines() throws(TOMLError) -> String {
        var text: [UInt8] = []
        try openLines()
        while true {
            if try closeLines(UInt8(ascii: "\""), &text) { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                if try !joinedLine() { try escape(into: &text) }
            } else if try lineEnd() {
                text.append(UInt8(ascii: "\n"))
            } else {
                text.append(try plainByte())
            }
        }
    }

    mutating func literalLines() throws(TOMLError) -> String {
        var text: [UInt8] = []
        try openLines()
        while true {
            if try closeLines(UInt8(ascii: "'"), &text) { return String(decoding: text, as: UTF8.self) }
            text.append(try lineEnd() ? UInt8(ascii: "\n") : try plainByte())
        }
    }

    /// Steps over the three quotes and a line end right after them.
    private mutating func openLines() throws(TOMLError) {
        at += 3
        _ = try lineEnd()
    }

    /// Steps over quotes here; up to two before the closing three belong to the text.
    private mutating func closeLines(_ quote: UInt8, _ text: inout [UInt8]) throws(TOMLError) -> Bool {
        var count = 0
        while count < 5, at < bytes.count, bytes[at] == quote {
            count += 1
            at += 1
        }
        for _ in 0..<(count >= 3 ? count - 3 : count) { text.append(quote) }
        return count >= 3
    }

    /// A backslash at the end of a line: it, the line end and all blanks and line ends after it vanish.
    private mutating func joinedLine() throws(TOMLError) -> Bool {
        let (place, number) = (at, line)
        at += 1
        skipBlanks()
        guard try lineEnd() else {
            (at, line) = (place, number)
            return false
        }
        repeat { skipBlanks() } while try lineEnd()
        return true
    }

    /// One byte of a text as it is.
    private mutating func plainByte() throws(TOMLError) -> UInt8 {
        guard !isAtEnd else { throw error("a closing quote is missing") }
        let byte = byte
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            throw error("a closing quote is missing on this line")
        }
        guard byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t") else { throw error("a control character") }
        at += 1
        return byte
    }

    private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
        at += 1
        let mark = byte
        at += 1
        switch mark {
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(mark)
        case UInt8(ascii: "u"): try codePoint(digits: 4, into: &text)
        case UInt8(ascii: "U"): try codePoint(digits: 8, into: &text)
        default: throw error("an unknown escape after \\")
        }
    }

    private mutating func codePoint(digits: Int, into text: inout [UInt8]) throws(TOMLError) {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("an escape needs \(digits) hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        guard value != 0, let scalar = UnicodeScalar(value) else { throw error("an escape names no character") }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
