import KistPlatforms
import SecretMemory

/// The assertion that a service account's key file makes (RFC 7523), for one token of Google Cloud.
enum ServiceAccountToken {
    /// Seconds; the platform allows an hour.
    static let lifetime = 60
    static let scope = "https://www.googleapis.com/auth/cloud-platform"

    /// - Parameters:
    ///   - file: the key file, JSON.
    ///   - audience: the url that takes the assertion.
    ///   - now: seconds since 1970.
    /// - Throws: `CallFault.key`.
    static func make(file: borrowing SecretBytes, audience: String, now: Int64) throws(CallFault) -> SecretBytes {
        // The name of the account is no secret.
        var email = SecretBuffer()
        guard member("client_email", of: file, into: &email), email.count <= 512 else {
            throw .key("the key file has no client_email")
        }
        var key = SecretBuffer(capacity: 4_096)
        guard member("private_key", of: file, into: &key) else { throw .key("the key file has no private_key") }
        let issuer = email.withBytes { String(decoding: $0, as: UTF8.self) }
        let json = TemplateEncoding.json
        let claims =
            "{\"iss\":\(json.encode(issuer)),\"scope\":\(json.encode(scope)),\"aud\":\(json.encode(audience)),"
            + "\"iat\":\(now),\"exp\":\(now + Int64(lifetime))}"
        return try SignedToken.make(claims, key: key.finish(), passphrase: SecretBytes(count: 0) { _ in })
    }

    /// The text of a member, its escapes resolved; one with an escape beyond those of a PEM text is not taken.
    private static func member(
        _ name: String, of file: borrowing SecretBytes, into text: inout SecretBuffer
    ) -> Bool {
        file.withBytes { bytes in
            guard case .string(let range)? = JSONProbe.find(name, in: bytes), !range.isEmpty else { return false }
            var index = range.lowerBound
            while index < range.upperBound {
                var byte = bytes[index]
                index += 1
                if byte == UInt8(ascii: "\\") {
                    guard index < range.upperBound else { return false }
                    switch bytes[index] {
                    case UInt8(ascii: "n"): byte = 10
                    case UInt8(ascii: "r"): byte = 13
                    case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "\""): byte = bytes[index]
                    case UInt8(ascii: "u"):
                        // "=" is written so by some.
                        guard range.upperBound - index >= 5, bytes[index + 1] == 48, bytes[index + 2] == 48,
                            let high = digit(bytes[index + 3]), let low = digit(bytes[index + 4]), high < 8
                        else { return false }
                        byte = high << 4 | low
                        index += 4
                    default: return false
                    }
                    index += 1
                }
                text.append(byte)
            }
            return true
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
