internal import SecretMemory

/// The reader behind `JSONMembers`. The text is UTF-8.
struct JSONMemberReader {
    private var cursor: JSONCursor

    init(_ text: UnsafeRawBufferPointer) { cursor = JSONCursor(text) }

    mutating func message(_ members: inout JSONMembers) -> Bool {
        cursor.skip()
        guard cursor.next == UInt8(ascii: "{"), object("", 0, &members) else { return false }
        cursor.skip()
        return cursor.isAtEnd
    }

    private mutating func value(_ path: String?, _ depth: Int, _ members: inout JSONMembers) -> Bool {
        cursor.skip()
        guard let next = cursor.next, depth < JSONMembers.deepest else { return false }
        switch next {
        case UInt8(ascii: "{"): return object(path, depth, &members)
        case UInt8(ascii: "["): return array(path, depth, &members)
        case UInt8(ascii: "\""):
            guard let path else {
                var passed = SecretBuffer()
                return cursor.string(into: &passed)
            }
            return members.keep(path, isText: true) { cursor.string(into: &$0) }
        default:
            guard let word = word() else { return false }
            guard let path else { return true }
            let bytes = cursor.text
            return members.keep(path, isText: false) {
                $0.append(UnsafeRawBufferPointer(rebasing: bytes[word]))
                return true
            }
        }
    }

    /// - Parameter path: `nil` where nothing is kept.
    private mutating func object(_ path: String?, _ depth: Int, _ members: inout JSONMembers) -> Bool {
        cursor.at += 1
        cursor.skip()
        if cursor.take("}") { return true }
        var seen: Set<String> = []
        repeat {
            cursor.skip()
            var key = SecretBuffer(capacity: 64)
            guard cursor.string(into: &key), key.count <= 256 else { return false }
            let name = key.withBytes { String(decoding: $0, as: UTF8.self) }
            guard seen.count < JSONMembers.most, seen.insert(name).inserted else { return false }
            // A dot in a name must not look like a path.
            let inner = path.flatMap { name.contains(".") ? nil : $0.isEmpty ? name : "\($0).\(name)" }
            if let inner, !members.note(inner) { return false }
            cursor.skip()
            guard cursor.take(":"), value(inner, depth + 1, &members) else { return false }
            cursor.skip()
        } while cursor.take(",")
        return cursor.take("}")
    }

    private mutating func array(_ path: String?, _ depth: Int, _ members: inout JSONMembers) -> Bool {
        cursor.at += 1
        if let path { members.noteArray(path) }
        cursor.skip()
        if cursor.take("]") { return true }
        var count = 0
        repeat {
            // One more than are kept is noted, so that too many are noticed.
            let inner = count <= JSONMembers.mostElements ? path.map { "\($0).\(count)" } : nil
            if let inner, !members.note(inner) { return false }
            guard value(inner, depth + 1, &members) else { return false }
            count += 1
            cursor.skip()
        } while cursor.take(",")
        return cursor.take("]")
    }

    private mutating func word() -> Range<Int>? {
        let (text, start) = (cursor.text, cursor.at)
        while let next = cursor.next, isWord(next), cursor.at - start < 40 { cursor.at += 1 }
        let word = text[start..<cursor.at]
        if ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) { return start..<cursor.at }
        var rest = word
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first, (48...57).contains(first),
            rest.allSatisfy({ !(97...122).contains($0) || $0 == 101 })
        else { return nil }
        return start..<cursor.at
    }

    private func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || byte == 69 || [43, 45, 46].contains(byte)
    }
}
