internal import KistModel

/// Why a text is not JSON that Kist accepts, and at which byte.
package struct JSONError: Error, Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable {
        case ended = "the text ends too early"
        case trailing = "bytes follow the value"
        case unexpected = "an unexpected byte"
        case deep = "nested too deeply"
        case duplicate = "a key given twice"
        case number = "not a whole number of 64 bits"
        case control = "a control character in a string"
        case escape = "not an escape sequence"
        case utf8 = "not UTF-8"
    }

    package let reason: Reason
    /// Counted from the first byte of the text.
    package let offset: Int
}

/// A total parser for RFC 8259 without fractions and exponents.
///
/// It refuses duplicate keys, nesting deeper than 8, invalid UTF-8, lone surrogates, numbers beyond 64 bits and bytes
/// after the value. It uses memory in proportion to the text and never calls itself deeper than the nesting limit.
package struct JSONParser {
    /// Objects and arrays within each other.
    package static let deepest = 8

    /// Parses exactly one value.
    ///
    /// - Throws: `JSONError` with the first reason met.
    package static func parse(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        var parser = JSONParser(text: text)
        parser.skipSpace()
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.at == text.count else { throw parser.error(.trailing) }
        return value
    }

    package static func parse(_ text: [UInt8]) throws(JSONError) -> JSONValue {
        // The closure of `withUnsafeBytes` does not carry a typed error.
        try text.withUnsafeBytes { bytes in Result { () throws(JSONError) in try parse(bytes) } }.get()
    }

    private let text: UnsafeRawBufferPointer
    private var at = 0

    private init(text: UnsafeRawBufferPointer) { self.text = text }

    private func error(_ reason: JSONError.Reason) -> JSONError { JSONError(reason: reason, offset: at) }

    private mutating func skipSpace() {
        while at < text.count, text[at] == 0x20 || text[at] == 0x0A || text[at] == 0x0D || text[at] == 0x09 { at += 1 }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard at < text.count else { throw error(.ended) }
        return text[at]
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        switch try peek() {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try number())
        default: throw error(.unexpected)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.deepest else { throw error(.deep) }
        at += 1
        var members: [JSONMember] = []
        members.reserveCapacity(4)
        var seen: Set<String> = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            at += 1
            return .object([])
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw error(.unexpected) }
            let key = try string()
            // A scan is faster for the few keys of real messages, a set for the many of hostile ones.
            let isNew: Bool
            if members.count < 16 {
                isNew = !members.contains { $0.key == key }
            } else {
                if seen.isEmpty { seen = Set(members.map(\.key)) }
                isNew = seen.insert(key).inserted
            }
            guard isNew else { throw error(.duplicate) }
            skipSpace()
            guard try peek() == UInt8(ascii: ":") else { throw error(.unexpected) }
            at += 1
            skipSpace()
            members.append(JSONMember(key, try value(depth: depth)))
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return .object(members)
            default: throw error(.unexpected)
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.deepest else { throw error(.deep) }
        at += 1
        var values: [JSONValue] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            at += 1
            return .array([])
        }
        while true {
            skipSpace()
            values.append(try value(depth: depth))
            skipSpace()
            switch try peek() {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return .array(values)
            default: throw error(.unexpected)
            }
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard try peek() == word.utf8Start[index] else { throw error(.unexpected) }
            at += 1
        }
    }

    private mutating func number() throws(JSONError) -> Int64 {
        let isNegative = text[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        let first = try peek()
        guard first >= 0x30, first <= 0x39 else { throw error(.number) }
        var value: Int64 = 0
        var digits = 0
        while at < text.count, text[at] >= 0x30, text[at] <= 0x39 {
            let digit = Int64(text[at] - 0x30)
            let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, over) = tenfold.subtractingReportingOverflow(digit)
            guard !tooLarge, !over else { throw error(.number) }
            // Summed below zero, where one more value fits.
            value = sum
            digits += 1
            at += 1
        }
        guard digits == 1 || first != 0x30 else { throw error(.number) }
        if at < text.count, text[at] == UInt8(ascii: ".") || text[at] | 0x20 == UInt8(ascii: "e") {
            throw error(.number)
        }
        if isNegative {
            guard value != 0 else { throw error(.number) }
            return value
        }
        guard value != .min else { throw error(.number) }
        return -value
    }

    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        var all: UInt8 = 0
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                let bytes = UnsafeRawBufferPointer(rebasing: text[start..<at])
                let whole = all < 0x80 ? PlainText.ascii(bytes) : try utf8(bytes)
                at += 1
                return whole
            }
            if byte == UInt8(ascii: "\\") { return try stringWithEscapes(from: start) }
            guard byte >= 0x20 else { throw error(.control) }
            all |= byte
            at += 1
        }
        throw error(.ended)
    }

    private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
        var bytes = [UInt8](text[start..<at])
        while true {
            let byte = try peek()
            if byte == UInt8(ascii: "\"") {
                let whole = try utf8(bytes)
                at += 1
                return whole
            }
            guard byte >= 0x20 else { throw error(.control) }
            at += 1
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            let mark = try peek()
            at += 1
            if let byte = JSONEscape.byte(of: mark) {
                bytes.append(byte)
            } else {
                guard mark == UInt8(ascii: "u") else { throw error(.escape) }
                bytes.append(contentsOf: String(Character(try escapedScalar())).utf8)
            }
        }
    }

    /// The scalar of `\uXXXX` or of a pair of surrogates, after the `u`.
    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, try peek() == UInt8(ascii: "\\") else { throw error(.escape) }
        at += 1
        guard try peek() == UInt8(ascii: "u") else { throw error(.escape) }
        at += 1
        let second = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw error(.escape) }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = try peek()
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw error(.escape)
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    private func utf8(_ bytes: some Sequence<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error(.utf8) }
        return text
    }
}
