internal import SecretMemory

extension PatternList {
    /// What writers of addresses, of JSON and of shell words make of the secret; each only where it differs.
    mutating func addEscaped(_ value: UnsafeRawBufferPointer, _ label: Int, isLong: Bool) {
        for style in isLong ? EscapeStyle.usual : EscapeStyle.all {
            let start = text.count
            var writer = EscapeWriter(style: style)
            guard writer.write(value, to: &text) else {
                text.removeLast(text.count - start)
                continue
            }
            close(from: start, label, style.form)
        }
    }
}

/// One way to write a text so that it survives in another.
enum EscapeStyle {
    /// `%XX` for all but letters, digits and `kept`; a blank may become `+`.
    case percent(kept: String, plus: Bool, upper: Bool)
    /// Backslashes; `quotes` get one, too. `slash`: as PHP; `ascii`: as Python; `web`: as Go.
    case backslash(quotes: String, slash: Bool, ascii: Bool, web: Bool)
    /// `'…'` of a shell.
    case single
    case entities

    static let usual: [EscapeStyle] = [
        .percent(kept: "-_.~", plus: false, upper: true),
        .backslash(quotes: "\"", slash: false, ascii: false, web: false),
    ]

    static let all: [EscapeStyle] = {
        var styles: [EscapeStyle] = []
        for upper in [true, false] {
            // RFC 3986; Python's quote; encodeURIComponent; what Go leaves in the part before the @.
            for kept in ["-_.~", "-_.~/", "-_.~!*'()", "-_.~!$&'()*+,;="] {
                styles.append(.percent(kept: kept, plus: false, upper: upper))
            }
            // Forms: Python and Go; browsers.
            for kept in ["-_.~", "*-._"] { styles.append(.percent(kept: kept, plus: true, upper: upper)) }
        }
        for ascii in [false, true] {
            styles.append(.backslash(quotes: "\"", slash: false, ascii: ascii, web: false))
            styles.append(.backslash(quotes: "\"", slash: true, ascii: ascii, web: false))
        }
        styles += [
            .backslash(quotes: "\"", slash: false, ascii: false, web: true),
            .backslash(quotes: "", slash: false, ascii: false, web: false),
            .backslash(quotes: "'", slash: false, ascii: false, web: false),
            .backslash(quotes: "\"$`", slash: false, ascii: false, web: false), .single, .entities,
        ]
        return styles
    }()

    var form: SecretForm {
        switch self {
        case .percent: .url
        case .backslash(let quotes, _, _, _): quotes.contains("$") ? .shell : .json
        case .single: .shell
        case .entities: .html
        }
    }
}

/// Writes one secret in one style, byte by byte, from locked memory into locked memory.
struct EscapeWriter {
    let style: EscapeStyle
    private var changed = false

    init(style: EscapeStyle) { self.style = style }

    /// - Returns: whether anything came out differently.
    mutating func write(_ value: UnsafeRawBufferPointer, to text: inout SecretBuffer) -> Bool {
        var index = 0
        while index < value.count {
            index += step(value, index, &text)
        }
        return changed
    }

    private mutating func step(_ value: UnsafeRawBufferPointer, _ index: Int, _ text: inout SecretBuffer) -> Int {
        let byte = value[index]
        switch style {
        case .percent(let kept, let plus, let upper):
            if Self.isLetterOrDigit(byte) || kept.utf8.contains(byte) {
                text.append(byte)
            } else if plus, byte == 32 {
                replace("+", &text)
            } else {
                replace("%", &text)
                hex(byte, upper: upper, &text)
            }
        case .backslash(let quotes, let slash, let ascii, let web):
            return backslash(value, index, quotes, slash, ascii, web, &text)
        case .single:
            if byte == UInt8(ascii: "'") { replace("'\\''", &text) } else { text.append(byte) }
        case .entities:
            switch byte {
            case UInt8(ascii: "&"): replace("&amp;", &text)
            case UInt8(ascii: "<"): replace("&lt;", &text)
            case UInt8(ascii: ">"): replace("&gt;", &text)
            case UInt8(ascii: "\""): replace("&quot;", &text)
            case UInt8(ascii: "'"): replace("&#x27;", &text)
            default: text.append(byte)
            }
        }
        return 1
    }

    private mutating func backslash(
        _ value: UnsafeRawBufferPointer, _ index: Int, _ quotes: String, _ slash: Bool, _ ascii: Bool, _ web: Bool,
        _ text: inout SecretBuffer
    ) -> Int {
        let byte = value[index]
        switch byte {
        case UInt8(ascii: "\\"): replace("\\\\", &text)
        case 8: replace("\\b", &text)
        case 9: replace("\\t", &text)
        case 10: replace("\\n", &text)
        case 12: replace("\\f", &text)
        case 13: replace("\\r", &text)
        case 0..<32: unit(UInt16(byte), &text)
        case UInt8(ascii: "/") where slash: replace("\\/", &text)
        case UInt8(ascii: "<") where web, UInt8(ascii: ">") where web, UInt8(ascii: "&") where web:
            unit(UInt16(byte), &text)
        case 128... where ascii:
            guard let (scalar, length) = Self.scalar(value, index) else {
                text.append(byte)
                return 1
            }
            for half in UTF16.encode(scalar)! { unit(half, &text) }
            return length
        default:
            if quotes.utf8.contains(byte) { replace("\\", &text) }
            text.append(byte)
        }
        return 1
    }

    private mutating func unit(_ unit: UInt16, _ text: inout SecretBuffer) {
        replace("\\u", &text)
        hex(UInt8(unit >> 8), upper: false, &text)
        hex(UInt8(unit & 255), upper: false, &text)
    }

    private mutating func replace(_ by: String, _ text: inout SecretBuffer) {
        text.append(by)
        changed = true
    }

    private func hex(_ byte: UInt8, upper: Bool, _ text: inout SecretBuffer) {
        for shift: UInt8 in [4, 0] {
            let half = byte >> shift & 15
            text.append(half < 10 ? 48 + half : (upper ? 55 : 87) + half)
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    /// The character at `index` of UTF-8 text, and its length; `nil` where it is none.
    private static func scalar(_ value: UnsafeRawBufferPointer, _ index: Int) -> (Unicode.Scalar, Int)? {
        var iterator = value[index..<min(value.count, index + 4)].makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
        return (scalar, UTF8.width(scalar))
    }
}
