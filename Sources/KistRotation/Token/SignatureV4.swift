private import CSigning
import KistModel
import KistPlatforms
import SecretMemory

/// AWS Signature Version 4 of one request whose url has no query: the headers that prove who sends it.
///
/// Everything but the keys is public; the keys and what is derived from them stay in locked memory.
struct SignatureV4 {
    let keyID: String
    let region: String
    let service: String
    let method: String
    let address: WebAddress
    let now: Timestamp

    /// A header without its line end.
    enum Line {
        static let date = "X-Amz-Date: "
        static let token = "X-Amz-Security-Token: "
        static let authorization = "Authorization: "
    }

    /// `20261121T003109Z`.
    var moment: String { now.description.filter { $0 != "-" && $0 != ":" } }

    private var scope: String { "\(moment.prefix(8))/\(region)/\(service)/aws4_request" }

    /// What stands behind `Authorization: `.
    ///
    /// - Parameter token: the session token; empty for none.
    /// - Throws: `CallFault.key` when OpenSSL cannot.
    func authorization(
        secret: borrowing SecretBytes, token: borrowing SecretBytes, body: borrowing SecretBytes?
    ) throws(CallFault) -> String {
        let hasToken = token.count > 0
        let signed = "host;x-amz-date" + (hasToken ? ";x-amz-security-token" : "")
        var request = SecretBuffer(capacity: 1_024)
        request.append("\(method)\n\(address.path.isEmpty ? "/" : address.path)\n\n")
        request.append("host:\(Self.host(address))\nx-amz-date:\(moment)\n")
        if hasToken {
            request.append("x-amz-security-token:")
            request.append(token)
            request.append("\n")
        }
        request.append("\n\(signed)\n\(Self.hex(try Self.hash(body)))")
        let digest = try request.withBytes { (bytes) throws(CallFault) in try Self.hash(bytes) }
        let toSign = "AWS4-HMAC-SHA256\n\(moment)\n\(scope)\n\(Self.hex(digest))"
        let tag = try Self.tag(try signingKey(secret), toSign)
        let signature = tag.withBytes { Self.hex(Array($0)) }
        return "AWS4-HMAC-SHA256 Credential=\(keyID)/\(scope), SignedHeaders=\(signed), Signature=\(signature)"
    }

    private func signingKey(_ secret: borrowing SecretBytes) throws(CallFault) -> SecretBytes {
        var first = SecretBuffer()
        first.append("AWS4")
        first.append(secret)
        var key = first.finish()
        for part in [String(moment.prefix(8)), region, service, "aws4_request"] { key = try Self.tag(key, part) }
        return key
    }

    /// As curl writes it.
    static func host(_ address: WebAddress) -> String {
        String(address.originText.drop { $0 != "/" }.dropFirst(2))
    }

    /// The region that a host of AWS names: `sts.eu-west-1.amazonaws.com`.
    static func region(of host: String) -> String? {
        let parts = host.split(separator: ".")
        return parts.count >= 4 && parts[2] == "amazonaws" ? String(parts[1]) : nil
    }

    private static func hash(_ body: borrowing SecretBytes?) throws(CallFault) -> [UInt8] {
        switch body {
        case .some(let body): return try body.withBytes { (bytes) throws(CallFault) in try hash(bytes) }
        case .none: return try hash(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) throws(CallFault) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: KIST_SHA256)
        guard kist_sha256(bytes.baseAddress, bytes.count, &digest) == 1 else { throw .key("it cannot be hashed") }
        return digest
    }

    private static func tag(_ key: borrowing SecretBytes, _ text: String) throws(CallFault) -> SecretBytes {
        var isDone = false
        let tag = SecretBytes(count: KIST_SHA256) { tag in
            key.withBytes { key in
                isDone =
                    kist_hmac_sha256(
                        key.baseAddress, key.count, text, text.utf8.count,
                        tag.baseAddress!.assumingMemoryBound(to: UInt8.self)) == 1
            }
        }
        guard isDone else { throw .key("it cannot be signed") }
        return tag
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
