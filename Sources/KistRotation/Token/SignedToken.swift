private import CSigning
import KistPlatforms
import SecretMemory

/// A JSON Web Token (RFC 7519), signed with RS256.
enum SignedToken {
    /// - Parameters:
    ///   - claims: a JSON object.
    ///   - key: the private key, PEM.
    ///   - passphrase: empty when the key is not encrypted.
    /// - Throws: `CallFault.key`.
    static func make(
        _ claims: String, key: borrowing SecretBytes, passphrase: borrowing SecretBytes
    ) throws(CallFault) -> SecretBytes {
        let text = "\(base64URL(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8))).\(base64URL(Array(claims.utf8)))"
        let signature = try sign(text, key, passphrase)
        var token = SecretBuffer(capacity: 2_048)
        token.append(text)
        token.append(".")
        token.append(base64URL(signature))
        return token.finish()
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

    static func check(_ result: Int32) throws(CallFault) {
        switch UInt32(bitPattern: result) {
        case KIST_SIGNING_DONE.rawValue: return
        case KIST_SIGNING_CLOSED.rawValue:
            throw .key("the private key cannot be read: is its passphrase right?")
        case KIST_SIGNING_KIND.rawValue: throw .key("the private key is no RSA key of 2048 bits or more")
        default: throw .key("the private key cannot sign")
        }
    }

    static func base64(_ bytes: [UInt8]) -> String {
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
