import KistPlatforms
import SecretMemory

/// A user's own template: text with references to fields, `kist://[profile/]credential/field` or `op://vault/item/field`.
///
/// A reference stands by itself, or in `{{ … }}`, where blanks may be in it and `| ENCODING` may follow. Everything else is
/// text, other `{{ … }}` too. The text itself may be secret: it stays in locked memory.
struct RenderTemplate: ~Copyable {
    enum Part: Equatable {
        case text(Range<Int>)
        case reference(ReferencePart)
    }

    struct ReferencePart: Equatable {
        /// As written, without braces and encoding.
        let reference: String
        let encoding: TemplateEncoding
        let line: Int
        /// The quotes of its line that it may stand between.
        let quotes: Set<UInt8>
        /// Whether nothing but blanks is beside it on its line.
        let standsAlone: Bool
    }

    static let mostReferences = 1_000
    private static let longestReference = 1_024

    let text: SecretBytes
    let parts: [Part]

    /// - Parameter what: the file, for messages.
    /// - Throws: `Failure` with the line of a broken reference; what stands there is not repeated.
    init(parsing text: consuming SecretBytes, what: String) throws(Failure) {
        parts = try text.withBytes { (bytes) throws(Failure) in try Self.parse(bytes, what) }
        self.text = text
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer, _ what: String) throws(Failure) -> [Part] {
        var parts: [Part] = []
        var start = 0
        var index = 0
        var line = 1
        var count = 0
        var quotes = LineQuotes()
        while index < bytes.count {
            guard let found = try reference(bytes, index, "\(what), line \(line)") else {
                if bytes[index] == 10 { line += 1 }
                quotes.take(bytes[index])
                index += 1
                continue
            }
            count += 1
            guard count <= mostReferences else {
                throw Failure("\(what) has more than \(mostReferences) references")
            }
            if start < index { parts.append(.text(start..<index)) }
            let end = index + found.length
            parts.append(
                .reference(
                    ReferencePart(
                        reference: found.text, encoding: found.encoding, line: line,
                        quotes: quotes.open,
                        standsAlone: isAlone(bytes, index, end))))
            for offset in index..<end where bytes[offset] == 10 { line += 1 }
            index = end
            start = end
        }
        if start < bytes.count { parts.append(.text(start..<bytes.count)) }
        return parts
    }

    private static func isAlone(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        let before = bytes[..<start].reversed().drop(while: isBlank).first
        let after = bytes[end...].drop(while: isBlank).first
        return (before == nil || before == 10) && (after == nil || after == 10 || after == 13)
    }

    private typealias Found = (text: String, encoding: TemplateEncoding, length: Int)

    /// The reference that begins at `index`, if one does.
    private static func reference(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ place: String
    ) throws(Failure) -> Found? {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
        if rest.starts(with: "{{".utf8) { return try braced(rest, place) }
        guard isScheme(rest) else { return nil }
        if index > 0, isWord(bytes[index - 1]) || "+\\.-".utf8.contains(bytes[index - 1]) { return nil }
        var end = rest.firstIndex(of: UInt8(ascii: ":"))! + 3
        var hasQuery = false
        while end < rest.count {
            let byte = rest[end]
            if byte == UInt8(ascii: "?") { hasQuery = true }
            guard isWord(byte) || "-_./?".utf8.contains(byte) || hasQuery && byte == UInt8(ascii: "=") else { break }
            end += 1
        }
        guard end <= longestReference else { throw Failure("\(place): a reference is too long") }
        return (String(decoding: rest[..<end], as: UTF8.self), .none, end)
    }

    private static func braced(_ rest: UnsafeRawBufferPointer, _ place: String) throws(Failure) -> Found? {
        let inner = rest.dropFirst(2).drop { $0 == 32 || $0 == 9 }
        guard isScheme(UnsafeRawBufferPointer(rebasing: inner)) else { return nil }
        let end = inner.indices.prefix(longestReference).first {
            inner[$0] == UInt8(ascii: "}") && $0 + 1 < rest.count && rest[$0 + 1] == UInt8(ascii: "}")
        }
        guard let end, !inner[..<end].contains(10), !inner[..<end].contains(0),
            let words = String(validating: inner[..<end], as: UTF8.self)
        else { throw Failure("\(place): a reference in {{ … }} does not end on its line, or is no text") }
        let halves = words.split(separator: "|", omittingEmptySubsequences: false).map { trimmed($0) }
        guard halves.count <= 2 else { throw Failure("\(place): one encoding at most can follow a reference") }
        var encoding = TemplateEncoding.none
        if halves.count == 2 {
            guard let known = TemplateEncoding(rawValue: halves[1]), known != .none else {
                throw Failure("\(place): there is no such encoding", advice: ["there are:  " + encodings])
            }
            encoding = known
        }
        return (halves[0], encoding, end + 2)
    }

    /// The encodings by name.
    static let encodings = TemplateEncoding.allCases.map(\.rawValue).filter { !$0.isEmpty }.joined(separator: ", ")

    private static func isScheme(_ rest: UnsafeRawBufferPointer) -> Bool {
        rest.starts(with: "kist://".utf8) || rest.starts(with: "op://".utf8)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return String(text)
    }
}
