/// The parts of an `http` or `https` URL, taken apart strictly: what it does not take is not sent anywhere.
///
/// No user information (a password could hide there), no query, no fragment, no characters that another reader of
/// URLs might see otherwise.
package struct WebAddress: Hashable, Sendable {
    package let isSecure: Bool
    /// In lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Begins with a slash, or is empty.
    package let path: String

    /// - Returns: `nil` when it is not such a URL, or longer than 2,048 bytes.
    package init?(_ bytes: UnsafeRawBufferPointer, allowsQuery: Bool = false) {
        guard bytes.count <= 2_048, bytes.allSatisfy(FieldForm.isVisible) else { return nil }
        let lower = bytes.prefix(8).map { (65...90).contains($0) ? $0 + 32 : $0 }
        let start: Int
        if lower.starts(with: "https://".utf8) {
            isSecure = true
            start = 8
        } else if lower.starts(with: "http://".utf8) {
            isSecure = false
            start = 7
        } else {
            return nil
        }
        let forbidden = Array((allowsQuery ? "\"<>\\^`{|}#" : "\"<>\\^`{|}#?").utf8)
        guard !bytes.contains(where: forbidden.contains) else { return nil }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
        guard let (host, port) = Self.authority(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else {
            return nil
        }
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        path = String(decoding: bytes[end...], as: UTF8.self)
    }

    package init?(_ text: String, allowsQuery: Bool = false) {
        var text = text
        let address = text.withUTF8 { WebAddress(UnsafeRawBufferPointer($0), allowsQuery: allowsQuery) }
        guard let address else { return nil }
        self = address
    }

    /// Whether a secret may be sent there: over TLS, or without leaving this machine.
    package var isSafe: Bool { isSecure || isLoopback }

    /// Loopback by its writing: 127.0.0.0/8, ::1, or `localhost` (whose resolution the courier checks).
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127"
            && numbers.allSatisfy { part in
                part.utf8.allSatisfy { (48...57).contains($0) } && part.count <= 3
                    && Int(part).map { $0 < 256 } ?? false
                    && (part.count == 1 || part.first != "0")
            }
    }

    /// `https://host[:port]`.
    package var originText: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        let standard = port == (isSecure ? 443 : 80)
        return (isSecure ? "https://" : "http://") + shown + (standard ? "" : ":\(port)")
    }

    package static func isAuthority(_ bytes: UnsafeRawBufferPointer) -> Bool { authority(bytes) != nil }

    /// Labels of letters, digits, '-' and '_', with a dot between; no '-' at either end of one.
    private static func isName(_ name: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard name.count <= 253 else { return false }
        var length = 0
        var last: UInt8 = 0
        for byte in name {
            if byte == 46 {
                guard length > 0, last != 45 else { return false }
                length = 0
            } else {
                guard FieldForm.isAlphanumeric(byte) || byte == 95 || byte == 45 && length > 0 else { return false }
                length += 1
                guard length <= 63 else { return false }
            }
            last = byte
        }
        return length > 0 && last != 45
    }

    /// `host`, `host:port`, `[ipv6]`, `[ipv6]:port`.
    private static func authority(_ bytes: UnsafeRawBufferPointer) -> (host: String, port: Int?)? {
        guard !bytes.isEmpty, bytes.count <= 261 else { return nil }
        var portStart = bytes.count
        let host: String
        if bytes[0] == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 2, close < 48 else { return nil }
            let inner = bytes[1..<close]
            guard inner.allSatisfy({ FieldForm.isHex($0) || $0 == 58 || $0 == 46 }), inner.contains(58) else {
                return nil
            }
            host = String(decoding: inner, as: UTF8.self).lowercased()
            portStart = close + 1
        } else {
            portStart = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            let name = bytes[..<portStart]
            guard isName(name) else { return nil }
            host = String(decoding: name, as: UTF8.self).lowercased()
        }
        guard portStart < bytes.count else { return (host, nil) }
        let digits = bytes[(portStart + 1)...]
        guard bytes[portStart] == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (48...57).contains($0) }), let port = Int(String(decoding: digits, as: UTF8.self)),
            (1...65_535).contains(port)
        else { return nil }
        return (host, port)
    }
}
