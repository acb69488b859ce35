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
            "{\"iss\":\(TemplateEncoding.json.encode("\(subject).SHA256:\(SignedToken.base64(print))")),"
            + "\"sub\":\(TemplateEncoding.json.encode(subject)),\"iat\":\(now),\"exp\":\(now + Int64(lifetime))}"
        return try SignedToken.make(claims, key: key, passphrase: passphrase)
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
        try SignedToken.check(result)
        return print
    }
}
