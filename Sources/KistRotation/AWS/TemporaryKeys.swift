import KistModel
import KistPlatforms
import KistPosix
import KistProtocol
import SecretMemory

/// One call of AWS's token service for temporary keys: `AssumeRole` with a role, else `GetSessionToken`.
///
/// `{"method":"temporaryKeys","params":{…}}` with the secret key, the session token and the one-time code as segments,
/// empty where there is none:
///
/// ```
/// url       where the service is           keyID       the access key id
/// role      its ARN, or absent             serial      of the second factor, or absent
/// duration  seconds, or absent             externalID  or absent
/// ```
package struct TemporaryKeys {
    let address: WebAddress
    let url: String
    let keyID: String
    let role: String?
    let serial: String?
    let duration: Int64?
    let externalID: String?

    init(json: JSONValue, segments: Int) throws {
        let params = try JSONFields(json["params"] ?? .null, "params")
        let text = try params.string("url")
        let trimmed = text.hasSuffix("/") ? text : text + "/"
        guard let address = WebAddress(trimmed), address.isSafe else { throw ShapeError("url") }
        (self.address, url) = (address, trimmed)
        keyID = try params.string("keyID")
        role = try params.stringIfPresent("role")
        serial = try params.stringIfPresent("serial")
        duration = try params.integerIfPresent("duration", in: 900...129_600)
        externalID = try params.stringIfPresent("externalID")
        guard segments == 3 else { throw ShapeError("segments") }
        for text in [keyID, role, serial, externalID] {
            guard text?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) ?? true else { throw ShapeError("params") }
        }
    }

    /// - Parameter segments: secret key, session token, one-time code.
    func run(_ settings: NetworkSettings, _ segments: borrowing SecretSegments) -> TemporaryKeysReport {
        let call: HTTPCall
        do { call = try make(segments) } catch { return TemporaryKeysReport(why: "the request could not be signed") }
        let host = address.host
        let answer = call.perform(settings)
        guard let status = answer.status else { return TemporaryKeysReport(why: "\(host) did not answer") }
        guard status == 200, !answer.isTruncated else {
            let code = TokenServiceAnswer.code(answer.body).map { ": \($0)" } ?? ""
            return TemporaryKeysReport(isRefused: status < 500, why: "\(host) said no (\(status))\(code)")
        }
        guard let keys = TokenServiceAnswer.read(answer.body) else {
            return TemporaryKeysReport(why: "\(host) answered something else than keys")
        }
        return TemporaryKeysReport(keys)
    }

    private func make(_ segments: borrowing SecretSegments) throws(CallFault) -> HTTPCall {
        var form = SecretBuffer(capacity: 1_024)
        form.append("Action=\(role == nil ? "GetSessionToken" : "AssumeRole")&Version=2011-06-15")
        let pairs: [(String, String?)] = [
            ("RoleArn", role), ("RoleSessionName", role == nil ? nil : "kist"),
            ("DurationSeconds", duration.map { "\($0)" }), ("ExternalId", role == nil ? nil : externalID),
            ("SerialNumber", serial),
        ]
        for (name, value) in pairs {
            if let value { form.append("&\(name)=\(TemplateEncoding.url.encode(value))") }
        }
        if serial != nil {
            form.append("&TokenCode=")
            segments.withSegment(2) { form.append($0) }
        }
        let body: SecretBytes? = form.finish()
        let token = segments.segment(1)
        let signature = SignatureV4(
            keyID: keyID, region: SignatureV4.region(of: address.host) ?? "us-east-1", service: "sts", method: "POST",
            address: address, now: Timestamp(seconds: WallClock.seconds))
        let authorization = try signature.authorization(secret: segments.segment(0), token: token, body: body)
        var headers = SecretBuffer(capacity: 1_024)
        var starts: [Int] = []
        var lines = [SignatureV4.Line.date + signature.moment]
        if token.count > 0 { lines.append(SignatureV4.Line.token) }
        lines += [
            SignatureV4.Line.authorization + authorization, "Accept: application/json",
            "Content-Type: application/x-www-form-urlencoded",
        ]
        for line in lines {
            starts.append(headers.count)
            headers.append(line)
            if line == SignatureV4.Line.token { headers.append(token) }
            headers.append(0)
        }
        return HTTPCall(
            method: .post, address: address, url: url, headers: headers.finish(), headerStarts: starts, body: body,
            tls: TLSMaterial(nil) { _, _ in false }, wantedHeader: nil)
    }
}

/// What came of it: keys, or why not.
struct TemporaryKeysReport: ~Copyable {
    let json: JSONValue
    /// Secret key and session token, with keys.
    let segments: SecretSegments

    init(_ keys: consuming TokenServiceAnswer) {
        json = ["status": "keys", "keyID": .string(keys.keyID), "expires": .string(keys.expires.description)]
        segments = SecretSegments(keys.secret.copy()).appending(SecretSegments(keys.token.copy()))
    }

    init(isRefused: Bool = false, why: String) {
        json = ["status": isRefused ? "refused" : "unknown", "why": .string(why)]
        segments = SecretSegments()
    }
}
