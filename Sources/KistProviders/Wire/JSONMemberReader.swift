internal import SecretMemory

/// The reader behind `JSONMembers`. The text is UTF-8.
struct JSONMemberReader {
    private let text: UnsafeRawBufferPointer
    private var at = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    mutating func message(_ members: inout JSONMembers) -> Bool {
        skip()
        guard at < text.count, text[at] == UInt8(ascii: "{"), object("", 0, &members) else { return false }
        skip()
        return at == text.count
    }

    private mutating func value(_ path: String?, _ depth: Int, _ members: inout JSONMembers) -> Bool {
        skip()
        guard at < text.count, depth < JSONMembers.deepest else { return false }
        switch text[at] {
        case UInt8(ascii: "{"): return object(path, depth, &members)
        case UInt8(ascii: "["): return array(path, depth, &members)
        case UInt8(ascii: "\""):
            guard let path else {
                var passed = SecretBuffer()
                return string(into: &passed)
            }
            var reader = self
            let isRead = members.keep(path, isText: true) { reader.string(into: &$0) }
            self = reader
            return isRead
        default:
            guard let word = word() else { return false }
            guard let path else { return true }
            let bytes = text
            return members.keep(path, isText: false) {
                $0.append(UnsafeRawBufferPointer(rebasing: bytes[word]))
                return true
            }
        }
    }

    /// - Parameter path: `nil` where nothing is kept.
    private mutating func object(_ path: String?, _ depth: Int, _ members: inout JSONMembers) -> Bool {
        at += 1
        skip()
        if take("}") { return true }
        var seen: Set<String> = []
        repeat {
            skip()
            var key = SecretBuffer(capacity: 64)
            guard string(into: &key), key.count <= 256 else { return false }
            let name = key.withBytes { String(decoding: $0, as: UTF8.self) }
            guard seen.count < JSONMembers.most, seen.insert(name).inserted else { return false }
            // A dot in a name must not look like a path.
            let inner = path.flatMap { name.contains(".") ? nil : $0.isEmpty ? name : "\($0).\(name)" }
            if let inner, !members.note(inner) { return false }
            skip()
            guard take(":"), value(inner, depth + 1, &members) else { return false }
            skip()
        } while take(",")
        return take("}")
    }

    private mutating func array(_ path: String?, _ depth: Int, _ members: inout JSONMembers) -> Bool {
        at += 1
        if let path { members.noteArray(path) }
        skip()
        if take("]") { return true }
        var count = 0
        repeat {
            // One more than are kept is noted, so that too many are noticed.
            let inner = count <= JSONMembers.mostElements ? path.map { "\($0).\(count)" } : nil
            if let inner, !members.note(inner) { return false }
            guard value(inner, depth + 1, &members) else { return false }
            count += 1
            skip()
        } while take(",")
        return take("]")
    }

    private mutating func word() -> Range<Int>? {
        let start = at
        while at < text.count, isWord(text[at]), at - start < 40 { at += 1 }
        let word = text[start..<at]
        if ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) { return start..<at }
        var rest = word
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first, (48...57).contains(first),
            rest.allSatisfy({ !(97...122).contains($0) || $0 == 101 })
        else { return nil }
        return start..<at
    }

    private mutating func string(into buffer: inout SecretBuffer) -> Bool {
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
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(mark)
        case UInt8(ascii: "b"): buffer.append(8)
        case UInt8(ascii: "f"): buffer.append(12)
        case UInt8(ascii: "n"): buffer.append(10)
        case UInt8(ascii: "r"): buffer.append(13)
        case UInt8(ascii: "t"): buffer.append(9)
        case UInt8(ascii: "u"):
            guard var unit = hex() else { return false }
            if (0xD800..<0xDC00).contains(unit) {
                guard take("\\"), take("u"), let low = hex(), (0xDC00..<0xE000).contains(low) else { return false }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit), let bytes = UTF8.encode(scalar) else { return false }
            for byte in bytes { buffer.append(byte) }
        default: return false
        }
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

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: scalar) else { return false }
        at += 1
        return true
    }

    private mutating func skip() {
        while at < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[at]) { at += 1 }
    }

    private func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || byte == 69 || [43, 45, 46].contains(byte)
    }
}
