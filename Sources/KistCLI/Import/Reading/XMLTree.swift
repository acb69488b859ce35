import SecretMemory

/// Reads XML without a document type: elements become nodes named as their tags, their text the value; attributes are
/// children named `@name`. Entities are the five of XML and numbers.
struct XMLTree: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    private let what: String
    private var at = 0
    private var left = TreeNode.most

    static func parse(
        _ bytes: UnsafeRawBufferPointer, what: String, into values: inout SecretStack
    ) throws(Failure) -> TreeNode {
        var reader = XMLTree(bytes, what)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at = 3 }
        guard SecretJSON.isUTF8(bytes) else { throw Failure.usage("\(what) is not UTF-8") }
        let root = TreeNode()
        try reader.skipMisc()
        guard reader.starts("<") else { throw reader.wrong("not XML") }
        try reader.element(root, &values, TreeNode.deepest)
        try reader.skipMisc()
        guard reader.at == bytes.count else { throw reader.wrong("something follows the document") }
        return root
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ what: String) {
        self.bytes = bytes
        self.what = what
    }

    private func wrong(_ why: String) -> Failure { Failure.usage("\(what): \(why) (byte \(at))") }

    private func starts(_ word: String) -> Bool { bytes[min(at, bytes.count)...].starts(with: word.utf8) }

    private mutating func take(_ word: String) -> Bool {
        guard starts(word) else { return false }
        at += word.utf8.count
        return true
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [32, 9, 10, 13].contains(bytes[at]) { at += 1 }
    }

    private mutating func skip(past word: String) throws(Failure) {
        while at < bytes.count {
            if take(word) { return }
            at += 1
        }
        throw wrong("it ends too early")
    }

    /// Blanks, comments and instructions between elements.
    private mutating func skipMisc() throws(Failure) {
        while true {
            skipBlanks()
            if take("<?") {
                try skip(past: "?>")
            } else if take("<!--") {
                try skip(past: "-->")
            } else if starts("<!DOCTYPE") {
                throw wrong("a document type is not read: it can name other files")
            } else {
                return
            }
        }
    }

    private mutating func name() throws(Failure) -> String {
        let start = at
        while at < bytes.count, ![32, 9, 10, 13].contains(bytes[at]), !"<>/='\"".utf8.contains(bytes[at]) { at += 1 }
        guard (1...256).contains(at - start) else { throw wrong("a name was expected") }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// One element, with its opening tag next.
    private mutating func element(
        _ parent: TreeNode, _ values: inout SecretStack, _ depth: Int
    ) throws(Failure) {
        guard depth > 0 else { throw wrong("it is nested too deeply") }
        left -= 1
        guard left > 0 else { throw wrong("it has more than \(TreeNode.most) elements") }
        guard take("<") else { throw wrong("an element was expected") }
        let tag = try name()
        let node = TreeNode()
        parent.add(tag, node)
        while true {
            skipBlanks()
            if take("/>") {
                node.value = values.push(SecretBytes(count: 0) { _ in })
                return
            }
            if take(">") { break }
            try attribute(node, &values)
        }
        var text = SecretBuffer(capacity: 64)
        while true {
            guard at < bytes.count else { throw wrong("an element does not end") }
            if take("</") {
                let end = try name()
                skipBlanks()
                guard end == tag, take(">") else { throw wrong("an element is not closed in order") }
                if node.children.allSatisfy({ $0.name.hasPrefix("@") }) { node.value = values.push(text.finish()) }
                return
            }
            if take("<![CDATA[") {
                let start = at
                try skip(past: "]]>")
                text.append(UnsafeRawBufferPointer(rebasing: bytes[start..<at - 3]))
            } else if take("<!--") {
                try skip(past: "-->")
            } else if take("<?") {
                try skip(past: "?>")
            } else if bytes[at] == UInt8(ascii: "<") {
                try element(node, &values, depth - 1)
            } else {
                try character(&text)
            }
        }
    }

    private mutating func attribute(_ node: TreeNode, _ values: inout SecretStack) throws(Failure) {
        left -= 1
        guard left > 0 else { throw wrong("it has more than \(TreeNode.most) elements") }
        let key = try name()
        skipBlanks()
        guard take("=") else { throw wrong("an attribute without a value") }
        skipBlanks()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") else {
            throw wrong("an attribute without quotes")
        }
        let quote = bytes[at]
        at += 1
        var text = SecretBuffer(capacity: 32)
        while at < bytes.count, bytes[at] != quote {
            guard bytes[at] != UInt8(ascii: "<") else { throw wrong("an attribute does not end") }
            try character(&text)
        }
        guard at < bytes.count else { throw wrong("an attribute does not end") }
        at += 1
        node.add("@" + key, TreeNode(value: values.push(text.finish())))
    }

    /// One byte or one entity.
    private mutating func character(_ text: inout SecretBuffer) throws(Failure) {
        guard bytes[at] == UInt8(ascii: "&") else {
            // A line end is one character (XML 1.0, section 2.11).
            if bytes[at] == 13 {
                if at + 1 == bytes.count || bytes[at + 1] != 10 { text.append(UInt8(10)) }
            } else {
                text.append(bytes[at])
            }
            at += 1
            return
        }
        for (entity, byte) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\""), ("&apos;", "'")]
        where take(entity) {
            text.append(byte)
            return
        }
        guard take("&#") else { throw wrong("an entity that XML does not have by itself") }
        let radix: UInt32 = take("x") ? 16 : 10
        var number: UInt32 = 0
        let start = at
        while at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue, digit < radix,
            at - start < 8
        {
            number = number &* radix &+ UInt32(digit)
            at += 1
        }
        guard at > start, take(";"), number > 0, let scalar = Unicode.Scalar(number) else {
            throw wrong("not a character")
        }
        for byte in UTF8.encode(scalar)! { text.append(byte) }
    }
}
