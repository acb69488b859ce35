internal import AsyncHTTPClient
internal import KistClient
internal import KistPlatforms
internal import KistProtocol
internal import NIOCore
internal import NIOHTTP1

/// The call that buys an access token, in the three ways that endpoints take it.
enum TokenCall {
    static func request(_ client: ClientCredentials, _ name: String) throws(CredentialError) -> HTTPClientRequest {
        guard let secret = client.clientSecret.reveal() else {
            throw CredentialError(
                .invalid, source: AccessTokenSource.source, "the client secret of \(name) is not text")
        }
        // Taken apart strictly: what stands before an @ is not the host that it would be sent to.
        guard let address = WebAddress(client.tokenURL, allowsQuery: true) else {
            throw CredentialError(
                .invalid, source: AccessTokenSource.source, "the address of \(name) is not a plain URL")
        }
        guard address.isSafe else {
            throw CredentialError(.refused, source: AccessTokenSource.source, "\(name) is not sent over plain http")
        }
        var request = HTTPClientRequest(url: client.tokenURL)
        request.method = .POST
        request.headers.add(name: "Accept", value: "application/json")
        var body = [("grant_type", "client_credentials")]
        if let scope = client.scope { body.append(("scope", scope)) }
        if let audience = client.audience { body.append(("audience", audience)) }
        switch client.style {
        case .basic:
            let both = encoded(client.clientID) + ":" + encoded(secret)
            request.headers.add(name: "Authorization", value: "Basic " + base64(Array(both.utf8)))
        case .body, .json: body += [("client_id", client.clientID), ("client_secret", secret)]
        }
        let text: [UInt8]
        if client.style == .json {
            request.headers.add(name: "Content-Type", value: "application/json")
            text = JSONValue.object(body.map { JSONMember($0.0, .string($0.1)) }).encoded
        } else {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            text = Array(body.map { "\($0.0)=\(encoded($0.1))" }.joined(separator: "&").utf8)
        }
        // A body that can be read once cannot be sent on by a client that follows redirects.
        request.body = .bytes(ReadOnce(bytes: text), length: .known(Int64(text.count)))
        return request
    }

    /// Percent-encoded but for the unreserved characters (RFC 6749, appendix B; a blank may be %20 too).
    static func encoded(_ text: String) -> String {
        var out: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0) }
            for index in 0..<4 {
                out.append(index <= group.count ? letters[Int(bits >> UInt32(18 - 6 * index)) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// Bytes that are no collection: whoever sends them has them once.
private struct ReadOnce: Sequence, Sendable {
    let bytes: [UInt8]

    func makeIterator() -> [UInt8].Iterator { bytes.makeIterator() }
}

/// What a token endpoint answers (RFC 6749, section 5).
struct TokenAnswer {
    let token: String
    let type: String
    let expires: Moment?

    init(status: UInt, body: [UInt8]) throws(CredentialError) {
        let json = try? JSONParser.parse(body)
        guard status == 200 else {
            // The words of `error` are from a short list; anything else is not repeated.
            let known = ["invalid_client", "unauthorized_client", "invalid_scope", "invalid_grant", "invalid_request"]
            let why = json?["error"]?.string.flatMap { known.contains($0) ? $0 : nil }
            let isRefused = status == 400 || status == 401 || status == 403
            throw CredentialError(
                isRefused ? .refused : .unavailable, source: AccessTokenSource.source,
                "it answered \(status)" + (why.map { " (\($0))" } ?? ""))
        }
        guard let token = json?["access_token"]?.string, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw CredentialError(.damaged, source: AccessTokenSource.source, "it answered without an access token")
        }
        guard (json?["token_type"]?.string ?? "Bearer").lowercased() == "bearer" else {
            throw CredentialError(.damaged, source: AccessTokenSource.source, "it gave a token of another type")
        }
        self.token = token
        type = "Bearer"
        let seconds = json?["expires_in"]?.integer ?? json?["expires_in"]?.string.flatMap { Int64($0) }
        expires = seconds.flatMap { $0 > 0 && $0 < 1 << 32 ? Moment.now(plus: $0) : nil }
    }
}
