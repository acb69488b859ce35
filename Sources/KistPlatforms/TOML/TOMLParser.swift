/// A total parser for TOML 1.0 without dates and fractions.
///
/// Own code, because `kist.toml` comes with other people's repositories: the parser at hand (toml++ behind TOMLKit)
/// ends the program on some malformed keys, and cannot say on which line a value stands. This one takes any bytes,
/// nests 16 deep at most and uses memory in proportion to the text.
package struct TOMLParser {
    /// Arrays, inline tables and dotted keys within each other.
    package static let deepest = 16

    /// - Throws: `TOMLError` with the first thing that is wrong.
    package static func parse(_ text: String) throws(TOMLError) -> TOMLTable {
        var parser = TOMLParser(bytes: Array(text.utf8))
        return try parser.document()
    }

    let bytes: [UInt8]
    var at = 0
    var line = 1

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The byte here; 0 at the end (a NUL within the text is refused wherever it stands).
    var byte: UInt8 { at < bytes.count ? bytes[at] : 0 }
    var isAtEnd: Bool { at >= bytes.count }

    func error(_ rule: String) -> TOMLError { TOMLError(line: line, rule: rule) }

    private mutating func document() throws(TOMLError) -> TOMLTable {
        let root = TableInMaking(line: 1)
        var current = root
        while true {
            try skipBlankLines()
            if isAtEnd { return root.finished }
            if byte == UInt8(ascii: "[") {
                current = try header(root)
            } else {
                try pair(into: current, depth: 0)
            }
            try endOfLine()
        }
    }

    /// `[a.b]` or `[[a.b]]`; the table that follows lines go into.
    private mutating func header(_ root: TableInMaking) throws(TOMLError) -> TableInMaking {
        at += 1
        let isArray = byte == UInt8(ascii: "[")
        if isArray { at += 1 }
        let keys = try dottedKey()
        for _ in 0..<(isArray ? 2 : 1) {
            guard byte == UInt8(ascii: "]") else { throw error("] is missing") }
            at += 1
        }
        var table = root
        for key in keys.dropLast() {
            switch table[key] {
            case nil:
                let inner = TableInMaking(line: line)
                table.add(key, .table(inner), line)
                table = inner
            case .table(let inner): table = inner
            case .tables(let list): table = list.tables[list.tables.count - 1]
            case .node: throw error("this name is used for a value already")
            }
        }
        let last = keys[keys.count - 1]
        let new = TableInMaking(line: line)
        switch (table[last], isArray) {
        case (nil, true):
            let list = TablesInMaking()
            list.tables = [new]
            table.add(last, .tables(list), line)
        case (.tables(let list)?, true): list.tables.append(new)
        case (nil, false):
            new.isDefined = true
            table.add(last, .table(new), line)
        case (.table(let inner)?, false) where !inner.isDefined:
            inner.isDefined = true
            return inner
        default: throw error("this table is there twice")
        }
        return new
    }

    /// `key = value`, `a.b = value`.
    mutating func pair(into table: TableInMaking, depth: Int) throws(TOMLError) {
        let keys = try dottedKey()
        let start = line
        guard byte == UInt8(ascii: "=") else { throw error("= is missing") }
        at += 1
        skipBlanks()
        var table = table
        for key in keys.dropLast() {
            switch table[key] {
            case nil:
                let inner = TableInMaking(line: start)
                inner.isDefined = true
                inner.isDotted = true
                table.add(key, .table(inner), start)
                table = inner
            case .table(let inner) where inner.isDotted: table = inner
            default: throw error("this name is used already")
            }
        }
        let last = keys[keys.count - 1]
        guard table[last] == nil else { throw error("this key is there twice") }
        table.add(last, .node(TOMLNode(value: try value(depth: depth), line: start)), start)
    }

    /// One key or several with dots between; blanks after it are skipped.
    private mutating func dottedKey() throws(TOMLError) -> [String] {
        var keys: [String] = []
        while true {
            skipBlanks()
            keys.append(try key())
            guard keys.count <= Self.deepest else { throw error("nested too deeply") }
            skipBlanks()
            guard byte == UInt8(ascii: ".") else { return keys }
            at += 1
        }
    }

    private mutating func key() throws(TOMLError) -> String {
        if byte == UInt8(ascii: "\"") { return try basicString() }
        if byte == UInt8(ascii: "'") { return try literalString() }
        let start = at
        while FieldForm.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") { at += 1 }
        guard at > start else { throw error("a key is missing") }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    mutating func skipBlanks() {
        while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { at += 1 }
    }

    /// Blanks, comments and line ends.
    mutating func skipBlankLines() throws(TOMLError) {
        while true {
            skipBlanks()
            if byte == UInt8(ascii: "#") { try comment() }
            guard try lineEnd() else { return }
        }
    }

    private mutating func endOfLine() throws(TOMLError) {
        skipBlanks()
        if byte == UInt8(ascii: "#") { try comment() }
        if isAtEnd { return }
        guard try lineEnd() else { throw error("something follows on the same line") }
    }

    /// Steps over a line end, if one is here.
    mutating func lineEnd() throws(TOMLError) -> Bool {
        if byte == UInt8(ascii: "\r") {
            guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\n") else { throw error("a control character") }
            at += 1
        }
        guard byte == UInt8(ascii: "\n") else { return false }
        at += 1
        line += 1
        return true
    }

    private mutating func comment() throws(TOMLError) {
        while !isAtEnd, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            guard byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t") else { throw error("a control character") }
            at += 1
        }
    }
}
