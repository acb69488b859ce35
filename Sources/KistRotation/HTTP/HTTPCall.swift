import KistPlatforms
import KistPosix
import SecretMemory

/// One request, put together in locked memory.
struct HTTPCall: ~Copyable {
    let method: CheckRecipe.Method
    let address: WebAddress
    let url: String
    /// `Name: value` and a NUL, end to end.
    let headers: SecretBytes
    /// Where each header begins in `headers`.
    let headerStarts: [Int]
    let body: SecretBytes?
    let tls: TLSMaterial
    /// A field of the answer to keep.
    let wantedHeader: String?
}

/// Why a request could not be made from a recipe and the fields. No text of a value stands in it.
enum CallFault: Error, Equatable {
    /// These fields have no value.
    case missing([String])
    /// The address is no URL that a secret may be sent to.
    case address
    /// Plain http to another machine.
    case clear(host: String)
    /// A header would contain a control character.
    case header
    case tooLarge
    /// The private key cannot be used; the text says why.
    case key(String)
}

extension HTTPCall {
    /// The largest body and the largest block of headers, in bytes.
    static let largest = 1 << 20

    /// Fills in a recipe.
    ///
    /// - Parameters:
    ///   - plain: plain values, with the platform's fallbacks.
    ///   - field: the bytes of any field, plain or secret.
    static func make(
        _ recipe: CheckRecipe, name: String, plain: [String: String], secrets: Set<String>, variant: String?,
        field: FieldBytes
    ) throws(CallFault) -> HTTPCall {
        let absent = recipe.needs.filter { !secrets.contains($0) && (plain[$0] ?? "").isEmpty }
        guard absent.isEmpty else { throw .missing(absent.sorted()) }
        guard let url = recipe.url.text(name: name, plain: plain), let address = WebAddress(url, allowsQuery: true)
        else { throw .address }
        guard address.isSafe else { throw .clear(host: address.host) }
        let body = try body(recipe, name, plain, field)

        var headers = SecretBuffer(capacity: 1_024)
        var starts: [Int] = []
        for header in recipe.headers where header.condition.holds(variant: variant, plain: plain, secrets: secrets) {
            guard let headerName = header.name.text(name: name, plain: plain),
                FieldForm.headerName.isMatched(by: headerName)
            else { throw .header }
            starts.append(headers.count)
            headers.append("\(headerName): ")
            header.value.render(into: &headers, name: name, field: field)
            try finish(&headers, from: starts[starts.count - 1])
        }
        if let basic = recipe.basic {
            starts.append(headers.count)
            headers.append("Authorization: Basic ")
            var pair = SecretBuffer()
            basic.user.render(into: &pair, name: name, field: field)
            pair.append(":")
            basic.password.render(into: &pair, name: name, field: field)
            pair.withBytes { TemplateEncoding.base64.encode($0) { headers.append($0) } }
            try finish(&headers, from: starts[starts.count - 1])
        }
        if let pair = recipe.keyPair {
            starts.append(headers.count)
            headers.append("Authorization: Bearer ")
            headers.append(try token(pair, name, plain, field))
            try finish(&headers, from: starts[starts.count - 1])
        }
        if let signature = recipe.signature {
            for line in try lines(signature, recipe.method, address, name, plain, body, field) {
                starts.append(headers.count)
                headers.append(line.text)
                if line.hasToken, let token = signature.token { _ = field(token) { headers.append($0) } }
                try finish(&headers, from: starts[starts.count - 1])
            }
        }
        for line in ["Accept: application/json", recipe.bodyType.map { "Content-Type: \($0)" }].compactMap({ $0 }) {
            starts.append(headers.count)
            headers.append(line)
            try finish(&headers, from: starts[starts.count - 1])
        }
        guard headers.count <= 65_536 else { throw .tooLarge }
        return HTTPCall(
            method: recipe.method, address: address, url: url, headers: headers.finish(), headerStarts: starts,
            body: body, tls: TLSMaterial(recipe.tls, field), wantedHeader: recipe.answeredBy)
    }

    private static func token(
        _ pair: CheckRecipe.KeyPair, _ name: String, _ plain: [String: String], _ field: FieldBytes
    ) throws(CallFault) -> SecretBytes {
        guard let account = pair.account.text(name: name, plain: plain),
            let user = pair.user.text(name: name, plain: plain)
        else { throw .missing(pair.account.fields.union(pair.user.fields).sorted()) }
        var key = SecretBuffer(capacity: 4_096)
        var passphrase = SecretBuffer()
        guard field(pair.key, { key.append($0) }) else { throw .missing([pair.key]) }
        if let secret = pair.passphrase { _ = field(secret) { passphrase.append($0) } }
        return try KeyPairToken.make(
            key: key.finish(), passphrase: passphrase.finish(), account: account, user: user, now: WallClock.seconds)
    }

    /// Ends one header with a NUL, once it is certain that it is one line.
    private static func finish(_ headers: inout SecretBuffer, from start: Int) throws(CallFault) {
        let isClean = headers.withBytes { bytes in bytes[start...].allSatisfy { $0 >= 0x20 && $0 != 0x7f } }
        guard isClean else { throw .header }
        headers.append(0)
    }

    private static func body(
        _ recipe: CheckRecipe, _ name: String, _ plain: [String: String], _ field: FieldBytes
    ) throws(CallFault) -> SecretBytes? {
        guard let template = recipe.body else { return nil }
        var body = SecretBuffer(capacity: 1_024)
        template.render(into: &body, name: name, missing: .dropLine, field: field)
        guard body.count <= largest else { throw .tooLarge }
        guard recipe.bodyType == "application/x-www-form-urlencoded" else { return body.finish() }
        // The lines of a form are the file's own; values are percent-encoded and have none.
        var form = SecretBuffer(capacity: body.count)
        body.withBytes { bytes in for byte in bytes where byte != 0x0A { form.append(byte) } }
        if let account = recipe.serviceAccount { try append(account, name, plain, field, to: &form) }
        return form.finish()
    }
}

extension FieldForm {
    fileprivate func isMatched(by text: String) -> Bool {
        var text = text
        return text.withUTF8 { check(UnsafeRawBufferPointer($0)) } == nil
    }
}
