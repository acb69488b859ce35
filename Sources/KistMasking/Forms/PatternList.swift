package import SecretMemory

/// Secrets in every form in which they will be looked for; `PatternSet` is made of it.
///
/// A secret shorter than `shortest` has no pattern: it would be found in what has nothing to do with it.
package struct PatternList: ~Copyable {
    /// Bytes of the shortest secret that is looked for, and of the shortest pattern.
    package static let shortest = 8
    /// Longer patterns are looked for in pieces of this many bytes: a part of a long key is secret, too, and what has to be
    /// held back while it may still become one stays small.
    static let piece = 512
    /// Secrets longer than this are looked for in their usual forms only.
    static let manyForms = 8_192

    /// One pattern: where it stands in `text`, and whose it is.
    struct Entry {
        var start: UInt32
        var length: UInt32
        /// The next with the same first bytes, plus 1.
        var next: UInt32 = 0
        var label: UInt32
        var form: SecretForm
        /// Whether the character behind it still holds bits of the secret (base64).
        var swallows: Bool
    }

    var text: SecretBuffer
    var entries: [Entry] = []

    package init() { text = SecretBuffer(capacity: 4_096) }

    /// What of a secret is looked for; `nil` when that is too short.
    package static func sought(_ secret: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        // A file's last line end is no part of what it says.
        var end = secret.count
        while end > 0, secret[end - 1] == 10 || secret[end - 1] == 13 { end -= 1 }
        return end < shortest ? nil : UnsafeRawBufferPointer(rebasing: secret[..<end])
    }

    /// Adds a secret.
    ///
    /// - Parameter label: what `PatternSet` answers when it is found.
    /// - Returns: whether it is long enough to be looked for.
    @discardableResult
    package mutating func add(_ secret: UnsafeRawBufferPointer, label: Int) -> Bool {
        guard let value = Self.sought(secret) else { return false }
        let isLong = value.count > Self.manyForms
        addPlain(value, label)
        addBase64(value, label, isLong: isLong)
        addHex(value, label, isLong: isLong)
        addEscaped(value, label, isLong: isLong)
        return true
    }

    @discardableResult
    package mutating func add(_ secret: borrowing SecretBytes, label: Int) -> Bool {
        secret.withBytes { add($0, label: label) }
    }

    /// Ends a pattern that was appended to `text` from `start` on; in pieces when it is long.
    mutating func close(from start: Int, _ label: Int, _ form: SecretForm, swallows: Bool = false) {
        let count = text.count - start
        guard count >= Self.shortest else { return }
        var offset = 0
        while true {
            let rest = count - offset
            // The last piece reaches back over the one before, so that it is never a short one.
            let length = min(rest, Self.piece)
            let from = rest < Self.piece && offset > 0 ? max(0, count - Self.piece) : offset
            let isLast = offset + length == count
            entries.append(
                Entry(
                    start: UInt32(start + from), length: UInt32(offset + length - from), label: UInt32(label),
                    form: form, swallows: swallows && isLast))
            if isLast { return }
            offset += length
        }
    }

    // MARK: -

    private mutating func addPlain(_ value: UnsafeRawBufferPointer, _ label: Int) {
        let start = text.count
        text.append(value)
        close(from: start, label, .plain)
        guard value.contains(10) else { return }
        // A terminal makes CR LF of every line end.
        let crlf = text.count
        for (index, byte) in value.enumerated() {
            if byte == 10, index == 0 || value[index - 1] != 13 { text.append(13 as UInt8) }
            text.append(byte)
        }
        close(from: crlf, label, .plain)
        // Programs print keys line by line, with their own words between.
        for line in value.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            let line = line.drop { $0 == 32 || $0 == 9 }
            guard !line.starts(with: "-----".utf8) else { continue }
            let start = text.count
            text.append(UnsafeRawBufferPointer(rebasing: line))
            close(from: start, label, .plain)
        }
    }

    private mutating func addHex(_ value: UnsafeRawBufferPointer, _ label: Int, isLong: Bool) {
        let lower = Array("0123456789abcdef".utf8), upper = Array("0123456789ABCDEF".utf8)
        addHex(value, label, lower)
        guard !isLong else { return }
        addHex(value, label, upper)
        // xxd -p breaks its lines at 60, and openssl puts a colon between two bytes.
        if value.count > 30 { for end in LineEnd.allCases { addHex(value, label, lower, lines: (60, end)) } }
        for digits in [lower, upper] { addHex(value, label, digits, between: UInt8(ascii: ":")) }
        addHex(value, label, lower, between: 32)
    }

    private mutating func addHex(
        _ value: UnsafeRawBufferPointer, _ label: Int, _ digits: [UInt8], lines: (Int, LineEnd)? = nil,
        between: UInt8? = nil
    ) {
        let start = text.count
        var column = 0
        for (index, byte) in value.enumerated() {
            if let lines, column == lines.0 {
                text.append(lines.1.rawValue)
                column = 0
            }
            if let between, index > 0 { text.append(between) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
            column += 2
        }
        close(from: start, label, .hex)
    }
}

/// How a line ends in a pipe, and at a terminal.
enum LineEnd: String, CaseIterable {
    case lf = "\n"
    case crlf = "\r\n"
}
