import SecretMemory

/// Reads files of sections and `key = value` lines: `[section]`, comments after `#` or `;`.
///
/// With `isTOML` a value in quotes is what is between them (the escapes of TOML in double ones), and comments may follow
/// a value. Without it (AWS) a value is the rest of its line; indented lines, which belong to the key before them, are
/// left out.
enum INITree {
    static func parse(
        _ bytes: UnsafeRawBufferPointer, isTOML: Bool, what: String, into values: inout SecretStack
    ) throws(Failure) -> TreeNode {
        guard SecretJSON.isUTF8(bytes) else { throw Failure.usage("\(what) is not UTF-8") }
        let root = TreeNode()
        var section = root
        var number = 0
        var left = TreeNode.most
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            number += 1
            left -= 1
            guard left > 0 else { throw Failure.usage("\(what) has more than \(TreeNode.most) lines") }
            let isIndented = line.first == 32 || line.first == 9
            let line = trimmed(line)
            func wrong(_ why: String) -> Failure { Failure.usage("\(what): line \(number): \(why)") }
            guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            if first == UInt8(ascii: "[") {
                guard let end = line.lastIndex(of: UInt8(ascii: "]")), line.count <= 512 else {
                    throw wrong("a section does not end")
                }
                let name = trimmed(line[(line.startIndex + 1)..<end])
                let text = String(decoding: name, as: UTF8.self).filter { $0 != "\"" && $0 != "'" }
                guard !text.isEmpty else { throw wrong("a section without a name") }
                section = root[text] ?? TreeNode()
                if root[text] == nil { root.add(text, section) }
                continue
            }
            if isIndented, !isTOML { continue }
            guard let mark = line.firstIndex(of: UInt8(ascii: "=")) else { throw wrong("not of the form key = value") }
            let key = trimmed(line[line.startIndex..<mark])
            guard (1...256).contains(key.count) else { throw wrong("not of the form key = value") }
            let name = String(decoding: key, as: UTF8.self).filter { $0 != "\"" && $0 != "'" }
            let rest = trimmed(line[(mark + 1)...])
            let value: SecretBytes
            if isTOML {
                guard let read = quoted(rest) ?? bare(rest) else { throw wrong("its value is not one text") }
                value = read
            } else {
                value = SecretBytes(count: rest.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest)) }
            }
            guard section.add(name, TreeNode(value: values.push(value))) else { throw wrong("a key is given twice") }
        }
        return root
    }

    private typealias Bytes = Slice<UnsafeRawBufferPointer>

    private static func trimmed(_ bytes: Bytes) -> Bytes {
        var bytes = bytes
        while let first = bytes.first, first == 32 || first == 9 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 32 || last == 9 || last == 13 { bytes = bytes.dropLast() }
        return bytes
    }

    /// A text of TOML in one line; `nil` when it is none.
    private static func quoted(_ bytes: Bytes) -> SecretBytes? {
        guard let quote = bytes.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            !bytes.dropFirst().starts(with: [quote, quote])
        else { return nil }
        var value = SecretBuffer(capacity: 64)
        var at = bytes.startIndex + 1
        while at < bytes.endIndex, bytes[at] != quote {
            var byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                guard at < bytes.endIndex else { return nil }
                switch bytes[at] {
                case UInt8(ascii: "n"): byte = 10
                case UInt8(ascii: "r"): byte = 13
                case UInt8(ascii: "t"): byte = 9
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte = bytes[at]
                default: return nil
                }
                at += 1
            }
            value.append(byte)
        }
        guard at < bytes.endIndex else { return nil }
        let rest = trimmed(bytes[(at + 1)...])
        return rest.isEmpty || rest.first == UInt8(ascii: "#") ? value.finish() : nil
    }

    /// A number, a truth value or a date of TOML, as it stands; nothing with brackets or quotes.
    private static func bare(_ bytes: Bytes) -> SecretBytes? {
        let word = trimmed(bytes.prefix { $0 != UInt8(ascii: "#") })
        guard !word.isEmpty, !word.contains(where: { "\"'[]{}".utf8.contains($0) }) else { return nil }
        return SecretBytes(count: word.count) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: word)) }
    }
}
