/// Looks up one value in a JSON text without making anything of the rest: the rest may be an access token.
///
/// Total and linear; takes any bytes. A text that is not JSON on the way to the value has no value.
struct JSONProbe {
    enum Found: Equatable {
        /// The bytes between the quotes, escapes as written.
        case string(Range<Int>)
        /// A number, `true`, `false`, `null`.
        case word(Range<Int>)
        case container
    }

    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The value at a dotted path of object keys.
    static func find(_ path: String, in bytes: UnsafeRawBufferPointer) -> Found? {
        var probe = JSONProbe(bytes)
        for key in path.split(separator: ".") {
            guard probe.enter(Array(key.utf8)) else { return nil }
        }
        return probe.value()
    }

    /// Moves to the value of `key` in the object here.
    private mutating func enter(_ key: [UInt8]) -> Bool {
        skipSpace()
        guard take(UInt8(ascii: "{")) else { return false }
        while true {
            skipSpace()
            guard case .string(let name)? = value() else { return false }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            if bytes[name].elementsEqual(key) { return true }
            guard value() != nil else { return false }
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    /// Steps over one value.
    private mutating func value() -> Found? {
        skipSpace()
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "{"), UInt8(ascii: "["): return container() ? .container : nil
        default:
            let start = at
            while at < bytes.count, isWord(bytes[at]) { at += 1 }
            return at > start ? .word(start..<at) : nil
        }
    }

    private mutating func string() -> Range<Int>? {
        at += 1
        let start = at
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                return start..<at - 1
            case UInt8(ascii: "\\"): at += 2
            case 0..<0x20: return nil
            default: at += 1
            }
        }
        return nil
    }

    /// Counts brackets outside of strings; which kind closes which does not matter for finding the end.
    private mutating func container() -> Bool {
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            at += 1
            if depth == 0 { return true }
        }
        return false
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte)
            || [43, 45, 46].contains(byte)
    }
}
