private import CSigning
import KistPlatforms
import SecretMemory

/// The short-lived token that proves a key pair to Snowflake: a JSON Web Token (RFC 7519), signed with RS256.
///
/// ```
/// {"alg":"RS256","typ":"JWT"}
/// {"iss":"ACCOUNT.USER.SHA256:<fingerprint, base64>","sub":"ACCOUNT.USER","iat":now,"exp":now + 60}
/// ```
enum KeyPairToken {
    /// Seconds; the platform allows an hour.
    static let lifetime = 60

    /// - Parameters:
    ///   - key: the private key, PEM.
    ///   - passphrase: empty when the key is not encrypted.
    ///   - now: seconds since 1970.
    /// - Throws: `CallFault.key`.
    static func make(
        key: borrowing SecretBytes, passphrase: borrowing SecretBytes, account: String, user: String, now: Int64
    ) throws(CallFault) -> SecretBytes {
        let print = try fingerprint(key, passphrase)
        let subject = "\(Self.account(account)).\(user.uppercased())"
        let claims =
            "{\"iss\":\(TemplateEncoding.json.encode("\(subject).SHA256:\(base64(print))")),"
            + "\"sub\":\(TemplateEncoding.json.encode(subject)),\"iat\":\(now),\"exp\":\(now + Int64(lifetime))}"
        let text = "\(base64URL(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8))).\(base64URL(Array(claims.utf8)))"
        let signature = try sign(text, key, passphrase)
        var token = SecretBuffer(capacity: 2_048)
        token.append(text)
        token.append(".")
        token.append(base64URL(signature))
        return token.finish()
    }

    /// The account as it stands in a token: without its region, in upper case.
    static func account(_ text: String) -> String {
        let upper = text.uppercased()
        let end = upper.contains(".GLOBAL") ? upper.firstIndex(of: "-") : upper.firstIndex(of: ".")
        return String(upper[..<(end ?? upper.endIndex)])
    }

    private static func fingerprint(
        _ key: borrowing SecretBytes, _ passphrase: borrowing SecretBytes
    ) throws(CallFault) -> [UInt8] {
        var print = [UInt8](repeating: 0, count: KIST_FINGERPRINT)
        let result = key.withBytes { pem in
            passphrase.withBytes { words in
                kist_key_fingerprint(pem.baseAddress, pem.count, words.baseAddress, words.count, &print)
            }
        }
        try check(result)
        return print
    }

    private static func sign(
        _ text: String, _ key: borrowing SecretBytes, _ passphrase: borrowing SecretBytes
    ) throws(CallFault) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: KIST_SIGNATURE)
        var count = 0
        let result = key.withBytes { pem in
            passphrase.withBytes { words in
                kist_key_sign(
                    pem.baseAddress, pem.count, words.baseAddress, words.count, text, text.utf8.count, &signature,
                    &count)
            }
        }
        try check(result)
        return Array(signature[..<count])
    }

    private static func check(_ result: Int32) throws(CallFault) {
        switch UInt32(bitPattern: result) {
        case KIST_SIGNING_DONE.rawValue: return
        case KIST_SIGNING_CLOSED.rawValue:
            throw .key("the private key cannot be read: is its passphrase right?")
        case KIST_SIGNING_KIND.rawValue: throw .key("the private key is no RSA key of 2048 bits or more")
        default: throw .key("the private key cannot sign")
        }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        bytes.withUnsafeBytes { raw in TemplateEncoding.base64.encode(raw) { text.append($0) } }
        return String(decoding: text, as: UTF8.self)
    }

    /// RFC 4648 §5 without padding.
    private static func base64URL(_ bytes: [UInt8]) -> String {
        let safe = base64(bytes).utf8.filter { $0 != UInt8(ascii: "=") }.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        return String(decoding: safe, as: UTF8.self)
    }
}
