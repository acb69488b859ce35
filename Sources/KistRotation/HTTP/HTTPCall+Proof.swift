import KistModel
import KistPlatforms
import KistPosix
import SecretMemory

extension HTTPCall {
    /// A header that a signature brings; the session token is put behind it in locked memory.
    struct SignedLine {
        let text: String
        var hasToken = false
    }

    static func lines(
        _ recipe: RequestSignature, _ method: CheckRecipe.Method, _ address: WebAddress, _ name: String,
        _ plain: [String: String], _ body: borrowing SecretBytes?, _ field: FieldBytes
    ) throws(CallFault) -> [SignedLine] {
        guard let keyID = recipe.keyID.text(name: name, plain: plain),
            let region = recipe.region.text(name: name, plain: plain)
        else { throw .missing(recipe.keyID.fields.union(recipe.region.fields).sorted()) }
        guard !address.path.contains("?") else { throw .address }
        let signature = SignatureV4(
            keyID: keyID, region: SignatureV4.region(of: address.host) ?? region, service: recipe.service,
            method: method.rawValue, address: address, now: Timestamp(seconds: WallClock.seconds))
        var secret = SecretBuffer()
        guard field(recipe.secret, { secret.append($0) }) else { throw .missing([recipe.secret]) }
        var token = SecretBuffer()
        if let name = recipe.token { _ = field(name) { token.append($0) } }
        let hasToken = token.count > 0
        let authorization = try signature.authorization(
            secret: secret.finish(), token: token.finish(), body: body)
        return [SignedLine(text: SignatureV4.Line.date + signature.moment)]
            + (hasToken ? [SignedLine(text: SignatureV4.Line.token, hasToken: true)] : [])
            + [SignedLine(text: SignatureV4.Line.authorization + authorization)]
    }

    /// `&assertion=…`
    static func append(
        _ account: ServiceAccount, _ name: String, _ plain: [String: String], _ field: FieldBytes,
        to form: inout SecretBuffer
    ) throws(CallFault) {
        guard let audience = account.audience.text(name: name, plain: plain) else {
            throw .missing(account.audience.fields.sorted())
        }
        var file = SecretBuffer(capacity: 4_096)
        guard field(account.json, { file.append($0) }) else { throw .missing([account.json]) }
        form.append("&assertion=")
        form.append(
            try ServiceAccountToken.make(file: file.finish(), audience: audience, now: WallClock.seconds))
    }
}

/// What the TLS connection is made with besides the system's own: PEM, empty for none.
struct TLSMaterial: ~Copyable {
    let authority: SecretBytes
    let certificate: SecretBytes
    let key: SecretBytes

    init(_ fields: TLSFields?, _ field: FieldBytes) {
        authority = Self.value(fields?.authority, field)
        certificate = Self.value(fields?.certificate, field)
        key = Self.value(fields?.key, field)
    }

    private static func value(_ name: String?, _ field: FieldBytes) -> SecretBytes {
        var value = SecretBuffer()
        if let name { _ = field(name) { value.append($0) } }
        return value.finish()
    }
}
