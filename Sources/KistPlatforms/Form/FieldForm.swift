private import KistModel

/// The shape of a field's value. Checked on raw bytes, so that a secret never becomes text.
package enum FieldForm: String, Hashable, CaseIterable, Sendable {
    /// One line of UTF-8.
    case text
    /// Any UTF-8, line breaks and tabs too.
    case lines
    /// Printable ASCII without white space: nearly every API key.
    case token
    /// `customer:secret`, both printable ASCII without white space; the customer id without a colon.
    case customerSecret = "customer:secret"
    /// Two groups of 64 hexadecimal digits with a dot between.
    case hex64Hex64 = "hex64.hex64"
    /// `https://host[:port][/path]`, or `http://` for this machine's own loopback addresses. No user, query, fragment.
    case url
    /// `host`, `host:port`.
    case host
    /// One label of a host name: letters, digits, hyphens, underscores; 1 to 63.
    case label
    /// A private key in PEM form: `-----BEGIN … PRIVATE KEY-----` to its end.
    case pem
    /// `YYYY-MM-DD` or an RFC 3339 moment.
    case timestamp
    /// The name of a variable: `A-Z a-z 0-9 _`, not beginning with a digit.
    case variable
    /// The name of an HTTP header field, but `Host`, `Content-Length`, `Transfer-Encoding` and `Connection`.
    case headerName = "header-name"
    /// `true` or `false`.
    case boolean
    /// What one-time codes are made from: a secret in base 32, or `otpauth://totp/…` (RFC 6238).
    case totp
    /// One or more certificates in PEM form.
    case certificate
    /// One JSON object.
    case json

    /// What is expected, to follow "expected".
    package var description: String {
        switch self {
        case .text: "one line of text"
        case .lines: "text"
        case .token: "printable characters without spaces"
        case .customerSecret: "<customer_id>:<secret>"
        case .hex64Hex64: "64 hexadecimal digits, a dot, 64 hexadecimal digits"
        case .url: "https://host/path (http:// only for this machine's loopback)"
        case .host: "host or host:port, without https://"
        case .label: "letters, digits and hyphens"
        case .pem: "a private key in PEM form (-----BEGIN PRIVATE KEY-----)"
        case .timestamp: "YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ"
        case .variable: "the name of a variable, such as MY_API_KEY"
        case .headerName: "the name of a header, such as X-API-Key, that only carries a value"
        case .boolean: "true or false"
        case .totp: "the secret of one-time codes (A-Z, 2-7), or otpauth://totp/…"
        case .certificate: "certificates in PEM form (-----BEGIN CERTIFICATE-----)"
        case .json: "a JSON object"
        }
    }

    /// Whether line breaks may stand in the value.
    package var isMultiline: Bool { self == .lines || self == .pem || self == .certificate || self == .json }

    /// The first thing that is wrong with `bytes`, or `nil`. Takes time linear in their number.
    package func check(_ bytes: UnsafeRawBufferPointer) -> FieldFinding? {
        guard !bytes.isEmpty else { return .empty }
        if let control = bytes.first(where: { isForbiddenControl($0) }) {
            return control == 10 || control == 13 ? .lineBreak : .controlCharacter
        }
        if bytes.contains(where: { $0 >= 0x80 }) {
            guard self == .text || self == .lines || self == .json else { return .wrongForm(self) }
            guard UTF8Check.isValid(bytes) else { return .notText }
            if UTF8Check.hasInvisible(bytes) { return .controlCharacter }
        }
        return matches(bytes) ? nil : .wrongForm(self)
    }

    private func isForbiddenControl(_ byte: UInt8) -> Bool {
        guard byte < 0x20 || byte == 0x7f else { return false }
        return !(isMultiline && (byte == 9 || byte == 10 || byte == 13))
    }

    private func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .text, .lines: return true
        case .token: return bytes.allSatisfy(Self.isVisible)
        case .customerSecret:
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
            return colon > 0 && colon < bytes.count - 1 && bytes.allSatisfy(Self.isVisible)
        case .hex64Hex64:
            return bytes.count == 129 && bytes[64] == UInt8(ascii: ".")
                && bytes.enumerated().allSatisfy { $0.offset == 64 || Self.isHex($0.element) }
        case .url: return WebAddress(bytes)?.isSafe ?? false
        case .host: return WebAddress.isAuthority(bytes)
        case .label:
            return bytes.count <= 63 && bytes.allSatisfy { Self.isAlphanumeric($0) || $0 == 45 || $0 == 95 }
                && bytes.first != 45 && bytes.last != 45
        case .pem: return PEMCheck.isPrivateKey(bytes)
        case .timestamp: return bytes.count <= 40 && Self.isTimestamp(bytes)
        case .variable:
            return bytes.count <= 128 && bytes.allSatisfy { Self.isAlphanumeric($0) || $0 == 95 }
                && !(48...57).contains(bytes[0])
        case .headerName:
            guard bytes.count <= 64, bytes.allSatisfy({ Self.isAlphanumeric($0) || $0 == 45 || $0 == 95 }) else {
                return false
            }
            // These steer the request itself.
            let name = String(decoding: bytes, as: UTF8.self).lowercased()
            return !["host", "content-length", "transfer-encoding", "connection"].contains(name)
        case .boolean: return bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8)
        case .totp: return (try? OneTimeText(bytes)) != nil
        case .certificate: return PEMCheck.isCertificates(bytes)
        case .json: return JSONCheck.isObject(bytes)
        }
    }

    static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7e).contains(byte) }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    static func isHex(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
