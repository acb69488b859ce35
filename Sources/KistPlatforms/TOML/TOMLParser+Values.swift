extension TOMLParser {
    mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
        guard depth < Self.deepest else { throw error("nested too deeply") }
        switch byte {
        case UInt8(ascii: "\""): return .string(isTriple ? try basicLines() : try basicString())
        case UInt8(ascii: "'"): return .string(isTriple ? try literalLines() : try literalString())
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth))
        case UInt8(ascii: "t"): return .boolean(try word("true", true))
        case UInt8(ascii: "f"): return .boolean(try word("false", false))
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            throw error("only true and false are written like that; a text stands in quotes")
        default: return .integer(try number())
        }
    }

    private mutating func array(depth: Int) throws(TOMLError) -> [TOMLNode] {
        at += 1
        var items: [TOMLNode] = []
        while true {
            try skipBlankLines()
            if byte == UInt8(ascii: "]") { break }
            let start = line
            items.append(TOMLNode(value: try value(depth: depth + 1), line: start))
            try skipBlankLines()
            if byte == UInt8(ascii: "]") { break }
            guard byte == UInt8(ascii: ",") else { throw error("a comma or ] is missing") }
            at += 1
        }
        at += 1
        return items
    }

    private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
        at += 1
        let table = TableInMaking(line: line)
        skipBlanks()
        if byte == UInt8(ascii: "}") {
            at += 1
            return table.finished
        }
        while true {
            try pair(into: table, depth: depth + 1)
            skipBlanks()
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw error("a comma or } is missing") }
            at += 1
        }
        at += 1
        return table.finished
    }

    private mutating func word(_ text: String, _ answer: Bool) throws(TOMLError) -> Bool {
        guard bytes[at...].starts(with: text.utf8) else { throw error("a value is missing") }
        at += text.utf8.count
        return answer
    }

    /// A whole number, decimal or 0x, 0o, 0b, with single underscores between digits.
    private mutating func number() throws(TOMLError) -> Int {
        var digits = ""
        if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
            if byte == UInt8(ascii: "-") { digits = "-" }
            at += 1
        }
        let hasSign = at > 0 && (bytes[at - 1] == UInt8(ascii: "-") || bytes[at - 1] == UInt8(ascii: "+"))
        var radix = 10
        if byte == UInt8(ascii: "0"), at + 1 < bytes.count, !hasSign,
            let known = [UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2][bytes[at + 1]]
        {
            radix = known
            at += 2
        }
        let start = at
        while FieldForm.isAlphanumeric(byte) || byte == UInt8(ascii: "_") {
            if byte == UInt8(ascii: "_") {
                guard at > start, bytes[at - 1] != UInt8(ascii: "_"), at + 1 < bytes.count,
                    FieldForm.isAlphanumeric(bytes[at + 1])
                else { throw error("an underscore must stand between digits") }
            } else {
                digits.append(Character(UnicodeScalar(byte)))
            }
            at += 1
        }
        guard at > start else { throw error("a value is missing") }
        if [UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte) {
            throw error("only texts, whole numbers, true, false, lists and tables are used here")
        }
        if radix == 10, at - start > 1, bytes[start] == UInt8(ascii: "0") { throw error("a number begins with 0") }
        guard let number = Int(digits, radix: radix) else { throw error("not a whole number of 64 bits") }
        return number
    }
}
