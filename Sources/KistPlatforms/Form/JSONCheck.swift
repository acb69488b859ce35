internal import KistModel

/// Whether bytes are one JSON object (RFC 8259). Nothing is made of them: they may be a secret.
///
/// Total and linear; UTF-8 is checked elsewhere.
struct JSONCheck {
    private static let deepest = 16

    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    static func isObject(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var check = JSONCheck(bytes: bytes)
        check.skipSpace()
        guard check.at < bytes.count, bytes[check.at] == UInt8(ascii: "{"), check.value(0) else { return false }
        check.skipSpace()
        return check.at == bytes.count
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func value(_ depth: Int) -> Bool {
        skipSpace()
        guard at < bytes.count, depth <= Self.deepest else { return false }
        switch bytes[at] {
        case UInt8(ascii: "{"): return items(depth, end: UInt8(ascii: "}"), hasKeys: true)
        case UInt8(ascii: "["): return items(depth, end: UInt8(ascii: "]"), hasKeys: false)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func items(_ depth: Int, end: UInt8, hasKeys: Bool) -> Bool {
        at += 1
        skipSpace()
        if take(end) { return true }
        while true {
            if hasKeys {
                skipSpace()
                guard at < bytes.count, bytes[at] == UInt8(ascii: "\""), string() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
            }
            guard value(depth + 1) else { return false }
            skipSpace()
            if take(end) { return true }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func string() -> Bool {
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard at < bytes.count else { return false }
                let escaped = bytes[at]
                at += 1
                if escaped == UInt8(ascii: "u") {
                    guard at + 4 <= bytes.count, bytes[at..<at + 4].allSatisfy(FieldForm.isHex) else { return false }
                    at += 4
                } else if JSONEscape.byte(of: escaped) == nil {
                    return false
                }
            case 0..<0x20: return false
            default: break
            }
        }
        return false
    }

    private mutating func number() -> Bool {
        _ = take(UInt8(ascii: "-"))
        guard digits() else { return false }
        if take(UInt8(ascii: ".")), !digits() { return false }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            return digits()
        }
        return true
    }

    private mutating func digits() -> Bool {
        let start = at
        while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
        return at > start
    }

    private mutating func word(_ text: StaticString) -> Bool {
        for index in 0..<text.utf8CodeUnitCount {
            guard take(text.utf8Start[index]) else { return false }
        }
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }
}
