import SecretMemory

/// Reads any JSON document; texts, numbers and truth values become values, `null` nothing.
enum JSONTree {
    static func parse(
        _ bytes: UnsafeRawBufferPointer, what: String, into values: inout SecretStack
    ) throws(Failure) -> TreeNode {
        var reader = SecretJSONReader(text: bytes, what: what)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at = 3 }
        var left = TreeNode.most
        let root = try node(&reader, &values, TreeNode.deepest, &left)
        reader.skip()
        guard reader.at == bytes.count else { throw reader.wrong("something follows the document") }
        return root
    }

    private static func node(
        _ reader: inout SecretJSONReader, _ values: inout SecretStack, _ depth: Int, _ left: inout Int
    ) throws(Failure) -> TreeNode {
        guard depth > 0 else { throw reader.wrong("it is nested too deeply") }
        left -= 1
        guard left > 0 else { throw reader.wrong("it has more than \(TreeNode.most) values") }
        reader.skip()
        let node = TreeNode()
        if reader.take("{") {
            if reader.takeAfterBlanks("}") { return node }
            repeat {
                reader.skip()
                let name = try reader.string().withBytes { String(decoding: $0, as: UTF8.self) }
                try reader.expect(":")
                guard node.add(name, try Self.node(&reader, &values, depth - 1, &left)) else {
                    throw reader.wrong("a name is given twice")
                }
            } while reader.takeAfterBlanks(",")
            try reader.expect("}")
        } else if reader.take("[") {
            node.isList = true
            if reader.takeAfterBlanks("]") { return node }
            repeat {
                node.append(try Self.node(&reader, &values, depth - 1, &left))
            } while reader.takeAfterBlanks(",")
            try reader.expect("]")
        } else if !reader.takeNull() {
            node.value = values.push(try reader.value())
        }
        return node
    }
}

extension SecretJSONReader {
    mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    mutating func takeAfterBlanks(_ byte: Unicode.Scalar) -> Bool {
        skip()
        return take(byte)
    }

    mutating func takeNull() -> Bool {
        guard text[min(at, text.count)...].starts(with: "null".utf8) else { return false }
        at += 4
        return true
    }
}
