import SecretMemory

/// Reads the part of YAML that stores of secrets are written in: maps by indentation, lists of plain values, plain and
/// quoted texts in one line, and blocks after `|` and `|-`. Anything else is refused with its line.
struct YAMLTree: ~Copyable {
    private let lines: [Slice<UnsafeRawBufferPointer>]
    private let what: String
    private var at = 0

    static func parse(
        _ bytes: UnsafeRawBufferPointer, what: String, into values: inout SecretStack
    ) throws(Failure) -> TreeNode {
        guard SecretJSON.isUTF8(bytes) else { throw Failure.usage("\(what) is not UTF-8") }
        var reader = YAMLTree(bytes, what)
        guard reader.lines.count <= TreeNode.most else {
            throw Failure.usage("\(what) has more than \(TreeNode.most) lines")
        }
        let root = TreeNode()
        reader.skipQuiet()
        if reader.at < reader.lines.count, reader.text(reader.at).elementsEqual("---".utf8) { reader.at += 1 }
        try reader.map(root, indent: 0, &values, TreeNode.deepest)
        reader.skipQuiet()
        guard reader.at >= reader.lines.count else { throw reader.wrong("this is indented otherwise") }
        return root
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ what: String) {
        lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map {
            $0.last == 13 ? $0.dropLast() : $0
        }
        self.what = what
    }

    private func wrong(_ why: String) -> Failure { Failure.usage("\(what): line \(at + 1): \(why)") }

    private func indent(_ line: Int) -> Int { lines[line].prefix { $0 == 32 }.count }

    /// A line without blanks around it.
    private func text(_ line: Int) -> Slice<UnsafeRawBufferPointer> {
        var text = lines[line].drop { $0 == 32 }
        while let last = text.last, last == 32 || last == 9 { text = text.dropLast() }
        return text
    }

    private mutating func skipQuiet() {
        while at < lines.count, text(at).isEmpty || text(at).first == UInt8(ascii: "#") { at += 1 }
    }

    private mutating func map(
        _ node: TreeNode, indent wanted: Int, _ values: inout SecretStack, _ depth: Int
    ) throws(Failure) {
        guard depth > 0 else { throw wrong("it is nested too deeply") }
        while true {
            skipQuiet()
            guard at < lines.count, indent(at) == wanted else { return }
            let line = text(at)
            guard line.first != UInt8(ascii: "-") || line.count > 1 && line[line.startIndex + 1] != 32 else {
                throw wrong("a list of maps is not read")
            }
            guard let mark = separator(line) else { throw wrong("not of the form key: value") }
            guard let key = Self.word(line[line.startIndex..<mark]) else { throw wrong("a key was expected") }
            let rest = line[(mark + 1)...].drop { $0 == 32 }
            let child = TreeNode()
            guard node.add(key, child) else { throw wrong("a key is given twice") }
            if rest.isEmpty || rest.first == UInt8(ascii: "#") {
                at += 1
                try below(child, wanted, &values, depth)
            } else if rest.first == UInt8(ascii: "|") {
                try block(child, rest, wanted, &values)
            } else {
                if !Self.isNull(rest) { child.value = try scalar(rest, &values) }
                at += 1
            }
        }
    }

    /// What belongs to a key without a value in its line.
    private mutating func below(
        _ node: TreeNode, _ above: Int, _ values: inout SecretStack, _ depth: Int
    ) throws(Failure) {
        skipQuiet()
        guard at < lines.count else { return }
        let inner = indent(at)
        if text(at).starts(with: "- ".utf8), inner >= above {
            node.isList = true
            while at < lines.count, indent(at) == inner, text(at).starts(with: "- ".utf8) {
                let item = text(at).dropFirst(2).drop { $0 == 32 }
                guard separator(item) == nil || item.first == UInt8(ascii: "\"") || item.first == UInt8(ascii: "'")
                else { throw wrong("a list of maps is not read") }
                node.append(TreeNode(value: try scalar(item, &values)))
                at += 1
                skipQuiet()
            }
        } else if inner > above {
            try map(node, indent: inner, &values, depth - 1)
        }
    }

    private mutating func block(
        _ node: TreeNode, _ mark: Slice<UnsafeRawBufferPointer>, _ above: Int, _ values: inout SecretStack
    ) throws(Failure) {
        let isStripped = mark.elementsEqual("|-".utf8), isKept = mark.elementsEqual("|+".utf8)
        guard isStripped || isKept || mark.count == 1 else { throw wrong("a block of this kind is not read") }
        at += 1
        var value = SecretBuffer(capacity: 256)
        var inner: Int?
        var empty = 0
        while at < lines.count {
            if text(at).isEmpty, inner == nil || indent(at) <= inner ?? 0 {
                empty += 1
                at += 1
                continue
            }
            let depth = inner ?? indent(at)
            guard depth > above, indent(at) >= depth else { break }
            if inner != nil { value.append(UInt8(10)) }
            for _ in 0..<empty { value.append(UInt8(10)) }
            (inner, empty) = (depth, 0)
            value.append(UnsafeRawBufferPointer(rebasing: lines[at].dropFirst(depth)))
            at += 1
        }
        if !isStripped, inner != nil { value.append(UInt8(10)) }
        if isKept, at < lines.count { for _ in 0..<empty { value.append(UInt8(10)) } }
        node.value = values.push(value.finish())
    }

    /// The colon between key and value.
    private func separator(_ line: Slice<UnsafeRawBufferPointer>) -> Int? {
        var quote: UInt8?
        for index in line.indices {
            let byte = line[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if index == line.startIndex, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ":"), index + 1 == line.endIndex || line[index + 1] == 32 {
                return index
            }
        }
        return nil
    }

    private static func isNull(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
        text.elementsEqual("null".utf8) || text.elementsEqual("~".utf8)
    }

    private static func word(_ key: Slice<UnsafeRawBufferPointer>) -> String? {
        var key = key
        if let first = key.first, first == key.last, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"),
            key.count >= 2
        {
            key = key.dropFirst().dropLast()
        }
        return (1...256).contains(key.count) ? String(decoding: key, as: UTF8.self) : nil
    }

    private func scalar(
        _ text: Slice<UnsafeRawBufferPointer>, _ values: inout SecretStack
    ) throws(Failure) -> Int {
        guard let first = text.first else { return values.push(SecretBytes(count: 0) { _ in }) }
        if first == UInt8(ascii: "\"") {
            var reader = SecretJSONReader(text: UnsafeRawBufferPointer(rebasing: text), what: what)
            guard let value = try? reader.string(), Self.isComment(text.dropFirst(reader.at)) else {
                throw wrong("a quoted text of a kind that is not read")
            }
            return values.push(value)
        }
        if first == UInt8(ascii: "'") {
            var value = SecretBuffer(capacity: 64)
            var index = text.startIndex + 1
            while index < text.endIndex {
                if text[index] == UInt8(ascii: "'") {
                    guard index + 1 < text.endIndex, text[index + 1] == UInt8(ascii: "'") else { break }
                    index += 1
                }
                value.append(text[index])
                index += 1
            }
            guard index < text.endIndex, Self.isComment(text[(index + 1)...]) else {
                throw wrong("a quote that does not end in its line")
            }
            return values.push(value.finish())
        }
        guard !"[{&*!>%@`".utf8.contains(first) else { throw wrong("a value of a kind that is not read") }
        var end = text.endIndex
        for index in text.indices.dropFirst() where text[index] == UInt8(ascii: "#") && text[index - 1] == 32 {
            end = index
            break
        }
        var plain = text[text.startIndex..<end]
        while let last = plain.last, last == 32 || last == 9 { plain = plain.dropLast() }
        return values.push(UnsafeRawBufferPointer(rebasing: plain))
    }

    private static func isComment(_ rest: Slice<UnsafeRawBufferPointer>) -> Bool {
        let rest = rest.drop { $0 == 32 }
        return rest.isEmpty || rest.first == UInt8(ascii: "#")
    }
}
