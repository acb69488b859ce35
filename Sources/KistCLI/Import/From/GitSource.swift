import SecretMemory

/// `~/.git-credentials`: a line each, `https://user:password@host/path`, percent-encoded.
enum GitSource {
    static func read(_ bytes: UnsafeRawBufferPointer, into foreign: inout Foreign) {
        var number = 0
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            let line = line.last == 13 ? line.dropLast() : line
            guard !line.isEmpty, line.first != UInt8(ascii: "#") else { continue }
            if !read(line, number, &foreign) {
                foreign.leftOut.append("left out (not of the form https://user:password@host): line \(number)")
            }
        }
    }

    private static func read(_ line: Slice<UnsafeRawBufferPointer>, _ number: Int, _ foreign: inout Foreign) -> Bool {
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { line.starts(with: $0.utf8) }) else { return false }
        let rest = line.dropFirst(scheme.utf8.count)
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard let at = rest[..<end].lastIndex(of: UInt8(ascii: "@")),
            let colon = rest[..<at].firstIndex(of: UInt8(ascii: ":")),
            let user = decoded(rest[rest.startIndex..<colon]), let password = decoded(rest[(colon + 1)..<at]),
            user.count > 0, password.count > 0, at + 1 < end, let host = text(rest[(at + 1)..<end]),
            let address = text(rest[(at + 1)...]).map({ scheme + $0 })
        else { return false }
        foreign.entries.append(
            .init(
                title: "git-\(host)", place: "line \(number)",
                fields: [
                    .init(name: "username", value: foreign.values.push(user), isSecret: false),
                    .init(name: "password", value: foreign.values.push(password), isSecret: true),
                    .init(name: "url", value: foreign.values.push(exposed: address), isSecret: false),
                ]))
        return true
    }

    /// What is no secret, decoded.
    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
        decoded(bytes)?.withBytes { SecretJSON.isUTF8($0) ? String(decoding: $0, as: UTF8.self) : nil }
    }

    private static func decoded(_ bytes: Slice<UnsafeRawBufferPointer>) -> SecretBytes? {
        var out = SecretBuffer(capacity: 64)
        var at = bytes.startIndex
        while at < bytes.endIndex {
            if bytes[at] == UInt8(ascii: "%") {
                guard at + 2 < bytes.endIndex, let high = hex(bytes[at + 1]), let low = hex(bytes[at + 2]) else {
                    return nil
                }
                out.append(high << 4 | low)
                at += 3
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return out.finish()
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
    }
}
