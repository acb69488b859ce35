import KistModel
import SecretMemory

/// Reads JSON whose texts are secret, each straight into locked memory.
struct SecretJSONReader {
    let text: UnsafeRawBufferPointer
    let what: String
    var at = 0

    func wrong(_ why: String) -> Failure { Failure.usage("\(what): \(why) (byte \(at))") }

    mutating func skip() {
        while at < text.count, text[at] == 32 || text[at] == 10 || text[at] == 13 || text[at] == 9 { at += 1 }
    }

    mutating func expect(_ byte: Unicode.Scalar) throws(Failure) {
        skip()
        guard at < text.count, text[at] == UInt8(ascii: byte) else { throw wrong("not a JSON object of texts") }
        at += 1
    }

    mutating func object(_ take: (String, UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        try expect("{")
        var seen: Set<String> = []
        skip()
        if at < text.count, text[at] == UInt8(ascii: "}") {
            at += 1
        } else {
            while true {
                skip()
                let key = try string()
                let name = key.withBytes { String(decoding: $0, as: UTF8.self) }
                guard seen.insert(name).inserted else { throw wrong("a field is given twice") }
                try expect(":")
                skip()
                let value = try value()
                var problem: Failure?
                value.withBytes { bytes in
                    do throws(Failure) { try take(name, bytes) } catch { problem = error }
                }
                if let problem { throw problem }
                skip()
                guard at < text.count, text[at] == UInt8(ascii: ",") else { break }
                at += 1
            }
            try expect("}")
        }
        skip()
        guard at == text.count else { throw wrong("something follows the object") }
    }

    mutating func value() throws(Failure) -> SecretBytes {
        guard at < text.count else { throw wrong("it ends too early") }
        if text[at] == UInt8(ascii: "\"") { return try string() }
        let start = at
        while at < text.count, isBare(text[at]) { at += 1 }
        guard at > start else { throw wrong("a value must be a text") }
        let word = UnsafeRawBufferPointer(rebasing: text[start..<at])
        guard word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) || Self.isNumber(word) else {
            throw wrong("a value must be a text")
        }
        return SecretBytes(count: word.count) { $0.copyMemory(from: word) }
    }

    /// `[-] (0 | 1-9 digits) [. digits] [e [+-] digits]`.
    private static func isNumber(_ word: UnsafeRawBufferPointer) -> Bool {
        var rest = word[...]
        func digits() -> Int {
            let count = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leading = rest.first
        let whole = digits()
        guard whole == 1 || whole > 1 && leading != UInt8(ascii: "0") else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A, 0x41...0x5A, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
        default: false
        }
    }

    mutating func string() throws(Failure) -> SecretBytes {
        guard at < text.count, text[at] == UInt8(ascii: "\"") else { throw wrong("a text was expected") }
        at += 1
        var buffer = SecretBuffer(capacity: 128)
        while at < text.count {
            let byte = text[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard buffer.withBytes({ SecretJSON.isUTF8($0) }) else { throw wrong("not UTF-8") }
                return buffer.finish()
            case UInt8(ascii: "\\"): try escape(&buffer)
            case 0..<0x20: throw wrong("a control character in a text")
            default: buffer.append(byte)
            }
        }
        throw wrong("a text does not end")
    }

    private mutating func escape(_ buffer: inout SecretBuffer) throws(Failure) {
        guard at < text.count else { throw wrong("it ends too early") }
        let mark = text[at]
        at += 1
        if let byte = JSONEscape.byte(of: mark) { return buffer.append(byte) }
        guard mark == UInt8(ascii: "u") else { throw wrong("not an escape of JSON") }
        var unit = try hex()
        if (0xD800..<0xDC00).contains(unit), at + 1 < text.count, text[at] == UInt8(ascii: "\\"),
            text[at + 1] == UInt8(ascii: "u")
        {
            at += 2
            let low = try hex()
            guard (0xDC00..<0xE000).contains(low) else { throw wrong("half a surrogate pair") }
            unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(unit) else { throw wrong("half a surrogate pair") }
        for byte in UTF8.encode(scalar)! { buffer.append(byte) }
    }

    private mutating func hex() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < text.count, let digit = Character(Unicode.Scalar(text[at])).hexDigitValue else {
                throw wrong("not an escape of JSON")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
