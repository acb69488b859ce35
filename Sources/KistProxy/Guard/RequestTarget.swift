/// The target of a request in origin form (RFC 9112, 3.2.1), in the one spelling that every server reads alike.
package struct RequestTarget: Hashable, Sendable {
    /// Begins with `/`; no dot segment, no doubled slash, no encoded slash, dot or control byte.
    package let path: String
    /// With its question mark; empty without one.
    package let query: String

    /// `nil` for everything that a server might read as another path: absolute form, authority form, `..`, `%2f`, `\`.
    package init?(_ text: String) {
        guard text.utf8.count <= 16_384, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else {
            return nil
        }
        let end = text.firstIndex(of: "?") ?? text.endIndex
        path = String(text[..<end])
        query = String(text[end...])
        guard Self.isPlain(path) else { return nil }
    }

    package static func isPlain(_ path: String) -> Bool {
        guard path.utf8.first == 0x2F, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x23 })
        else { return false }
        let bytes = Array(path.utf8)
        for (index, byte) in bytes.enumerated() {
            if byte == 0x2F, index > 0, bytes[index - 1] == 0x2F { return false }
            guard byte == 0x25 else { continue }
            guard index + 2 < bytes.count, let value = hex(bytes[index + 1], bytes[index + 2]) else { return false }
            // What is encoded must not mean anything to a path: slash, backslash, dot, percent, semicolon, control bytes.
            if value < 0x20 || value == 0x7F || [0x2F, 0x5C, 0x2E, 0x25, 0x3B].contains(value) { return false }
        }
        return !path.split(separator: "/").contains { segment in
            let name = segment.prefix { $0 != ";" }
            return name == "." || name == ".."
        }
    }

    private static func hex(_ high: UInt8, _ low: UInt8) -> UInt8? {
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x41...0x46: byte - 0x37
            case 0x61...0x66: byte - 0x57
            default: nil
            }
        }
        guard let high = digit(high), let low = digit(low) else { return nil }
        return high << 4 | low
    }
}
