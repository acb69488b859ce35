package import SecretMemory

/// Reads `.env` files without expanding anything and without a value leaving locked memory.
///
/// ```
/// file     = { blank | comment | [ "export" space ] name [space] "=" [space] value [space] [comment] newline }
/// name     = letter or "_", then letters, digits, "_" (up to 255 bytes); "." and "-" too, as docker and others write
/// value    = '…'   everything up to the next "'", line ends too; \' and \\ stand for ' and \
///          | "…"   the same with \n \r \t \" \\ \$ \`; any other backslash stays
///          | bare  up to the end of the line or a "#" after a blank, so A=#1 is a value; blanks at its end do not count
/// comment  = "#" up to the end of the line
/// ```
///
/// `$NAME` and `${NAME}` are taken as they stand. CR LF ends a line too; a byte order mark at the start is skipped.
package struct Dotenv: ~Copyable {
    package struct Entry: Equatable, Sendable {
        package let name: String
        /// Counted from 1.
        package let line: Int
    }

    package let entries: [Entry]
    /// The value of each entry.
    package let values: SecretSegments
    /// Lines whose value holds `${` or `$(`: other readers would have expanded them.
    package let unexpanded: [Int]

    /// - Throws: `Failure` naming the line, never its content: also for a name given twice, a quote that does not
    ///   end, bytes after a closing quote, a NUL.
    package init(parsing file: borrowing SecretBytes, path: String) throws(Failure) {
        var parser = DotenvParser(path: path)
        let result = file.withBytes { bytes -> Failure? in
            do throws(Failure) {
                try parser.parse(bytes)
                return nil
            } catch { return error }
        }
        if let result { throw result }
        entries = parser.entries
        unexpanded = parser.unexpanded
        let lengths = parser.lengths
        values = SecretSegments(bytes: parser.finish(), lengths: lengths)
    }
}

private struct DotenvParser: ~Copyable {
    let path: String
    var entries: [Dotenv.Entry] = []
    var unexpanded: [Int] = []
    var lengths: [Int] = []
    private var values = SecretBuffer(capacity: 1_024)
    private var at = 0
    private var line = 1

    init(path: String) { self.path = path }

    consuming func finish() -> SecretBytes { values.finish() }

    mutating func parse(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        var seen: [String: Int] = [:]
        while true {
            skipBlanks(bytes)
            guard at < bytes.count else { return }
            if endsLine(bytes) || bytes[at] == UInt8(ascii: "#") {
                skipLine(bytes)
                continue
            }
            let start = line
            let name = try name(bytes)
            if let first = seen.updateValue(start, forKey: name) {
                throw Failure.usage("\(path): line \(start): \(name) is given twice (first in line \(first))")
            }
            let before = values.count
            try value(bytes)
            entries.append(Dotenv.Entry(name: name, line: start))
            lengths.append(values.count - before)
        }
    }

    private mutating func name(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> String {
        var name = word(bytes)
        if name == "export", at < bytes.count, isBlank(bytes[at]) {
            skipBlanks(bytes)
            name = word(bytes)
        }
        skipBlanks(bytes)
        guard at < bytes.count, bytes[at] == UInt8(ascii: "="), let first = name.utf8.first, name.utf8.count <= 255,
            !(0x30...0x39).contains(first), first != UInt8(ascii: "."), first != UInt8(ascii: "-")
        else { throw Failure.usage("\(path): line \(line) is not of the form NAME=value") }
        at += 1
        skipBlanks(bytes)
        return name
    }

    private mutating func word(_ bytes: UnsafeRawBufferPointer) -> String {
        let start = at
        while at < bytes.count, isName(bytes[at]) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func value(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard at < bytes.count else { return }
        if bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\"") {
            try quoted(bytes, mark: bytes[at])
            skipBlanks(bytes)
            guard at >= bytes.count || endsLine(bytes) || bytes[at] == UInt8(ascii: "#") else {
                throw Failure.usage("\(path): line \(line): something follows the closing quote")
            }
        } else {
            try bare(bytes)
        }
        skipLine(bytes)
    }

    private mutating func quoted(_ bytes: UnsafeRawBufferPointer, mark: UInt8) throws(Failure) {
        let opened = line
        at += 1
        while at < bytes.count {
            var byte = bytes[at]
            at += 1
            if byte == mark { return }
            if byte == UInt8(ascii: "\\"), at < bytes.count, let meant = escaped(bytes[at], mark) {
                byte = meant
                at += 1
            } else {
                noteExpansion(bytes, byte)
                if byte == UInt8(ascii: "\n") { line += 1 }
            }
            try append(byte)
        }
        throw Failure.usage("\(path): line \(opened): the quote does not end")
    }

    private func escaped(_ byte: UInt8, _ mark: UInt8) -> UInt8? {
        if byte == mark || byte == UInt8(ascii: "\\") { return byte }
        guard mark == UInt8(ascii: "\"") else { return nil }
        switch byte {
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "$"), UInt8(ascii: "`"): return byte
        default: return nil
        }
    }

    private mutating func bare(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        let start = at
        var end = at
        while at < bytes.count, !endsLine(bytes) {
            if bytes[at] == UInt8(ascii: "#"), isBlank(bytes[at - 1]) { break }
            if !isBlank(bytes[at]) { end = at + 1 }
            at += 1
        }
        for index in start..<end {
            if bytes[index] == UInt8(ascii: "$"), index + 1 < end,
                bytes[index + 1] == UInt8(ascii: "{") || bytes[index + 1] == UInt8(ascii: "(")
            {
                mark()
            }
            try append(bytes[index])
        }
    }

    private mutating func append(_ byte: UInt8) throws(Failure) {
        guard byte != 0 else { throw Failure.usage("\(path): line \(line): a NUL byte") }
        guard values.count < 1 << 20 else { throw Failure.usage("\(path): the values are longer than 1 MiB") }
        values.append(byte)
    }

    private mutating func noteExpansion(_ bytes: UnsafeRawBufferPointer, _ byte: UInt8) {
        guard byte == UInt8(ascii: "$"), at < bytes.count else { return }
        if bytes[at] == UInt8(ascii: "{") || bytes[at] == UInt8(ascii: "(") { mark() }
    }

    private mutating func mark() { if unexpanded.last != line { unexpanded.append(line) } }

    private mutating func skipBlanks(_ bytes: UnsafeRawBufferPointer) {
        while at < bytes.count, isBlank(bytes[at]) { at += 1 }
    }

    private mutating func skipLine(_ bytes: UnsafeRawBufferPointer) {
        while at < bytes.count {
            at += 1
            if bytes[at - 1] == UInt8(ascii: "\n") {
                line += 1
                return
            }
        }
    }

    private func endsLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes[at] == UInt8(ascii: "\n")
            || bytes[at] == UInt8(ascii: "\r") && (at + 1 == bytes.count || bytes[at + 1] == UInt8(ascii: "\n"))
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}
