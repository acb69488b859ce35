/// How a value is written where it stands, byte by byte, so that a secret never becomes text on the way.
package enum TemplateEncoding: String, Hashable, CaseIterable, Sendable {
    /// As it is.
    case none = ""
    /// A TOML basic string with its quotes.
    case toml
    /// What stands between the quotes of a TOML basic string.
    case tomlText = "toml-text"
    /// A JSON string with its quotes.
    case json
    /// Percent-encoded but for the unreserved characters of RFC 3986.
    case url
    /// Base64 with padding.
    case base64
    /// The host of a URL. Nothing when it is none, as for the next two; meant for plain values.
    case host
    /// The port of a URL, the scheme's own when it has none.
    case port
    /// `http` or `https`.
    case scheme
    /// Upper case, anything but letters and digits an underscore: part of a variable's name.
    case variable = "env"

    /// Writes `bytes` encoded, one byte at a time.
    package func encode(_ bytes: UnsafeRawBufferPointer, emit: (UInt8) -> Void) {
        switch self {
        case .none: for byte in bytes { emit(byte) }
        case .toml, .json:
            emit(UInt8(ascii: "\""))
            for byte in bytes { Self.escape(byte, emit) }
            emit(UInt8(ascii: "\""))
        case .tomlText: for byte in bytes { Self.escape(byte, emit) }
        case .url: for byte in bytes { Self.percent(byte, emit) }
        case .base64: Self.base64(bytes, emit)
        case .host: for byte in (WebAddress(bytes)?.host ?? "").utf8 { emit(byte) }
        case .port: for byte in (WebAddress(bytes).map { "\($0.port)" } ?? "").utf8 { emit(byte) }
        case .scheme:
            for byte in (WebAddress(bytes).map { $0.isSecure ? "https" : "http" } ?? "").utf8 { emit(byte) }
        case .variable: for byte in bytes { emit(Self.variable(byte)) }
        }
    }

    package func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var text = text
        text.withUTF8 { encode(UnsafeRawBufferPointer($0)) { bytes.append($0) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `snow-prod` becomes `SNOW_PROD`.
    package static func variableName(_ text: String) -> String { Self.variable.encode(text) }

    /// TOML and JSON agree on these escapes; bytes from 0x80 on are UTF-8 and stay.
    private static func escape(_ byte: UInt8, _ emit: (UInt8) -> Void) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            emit(UInt8(ascii: "\\"))
            emit(byte)
        case UInt8(ascii: "\n"):
            emit(UInt8(ascii: "\\"))
            emit(UInt8(ascii: "n"))
        case 0..<0x20, 0x7f:
            for mark in "\\u00".utf8 { emit(mark) }
            emit(hexDigit(byte >> 4))
            emit(hexDigit(byte & 15))
        default: emit(byte)
        }
    }

    private static func percent(_ byte: UInt8, _ emit: (UInt8) -> Void) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            emit(byte)
        default:
            emit(UInt8(ascii: "%"))
            emit(hexDigit(byte >> 4))
            emit(hexDigit(byte & 15))
        }
    }

    private static func base64(_ bytes: UnsafeRawBufferPointer, _ emit: (UInt8) -> Void) {
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            var group = UInt32(bytes[index]) << 16
            if left > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if left > 2 { group |= UInt32(bytes[index + 2]) }
            emit(base64Digit(group >> 18))
            emit(base64Digit(group >> 12))
            emit(left > 1 ? base64Digit(group >> 6) : UInt8(ascii: "="))
            emit(left > 2 ? base64Digit(group) : UInt8(ascii: "="))
            index += 3
        }
    }

    private static func base64Digit(_ bits: UInt32) -> UInt8 {
        let value = UInt8(bits & 63)
        switch value {
        case 0..<26: return UInt8(ascii: "A") + value
        case 26..<52: return UInt8(ascii: "a") + value - 26
        case 52..<62: return UInt8(ascii: "0") + value - 52
        case 62: return UInt8(ascii: "+")
        default: return UInt8(ascii: "/")
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func variable(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: UInt8(ascii: "_")
        }
    }
}
