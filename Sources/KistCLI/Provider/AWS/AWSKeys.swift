internal import KistModel
internal import KistProviders
internal import SecretMemory

/// An access key with its secret, and the token of a temporary one.
struct AWSKeys: ~Copyable {
    let id: String
    let secret: SecretBytes
    let token: SecretBytes?

    init(id: String, secret: consuming SecretBytes, token: consuming SecretBytes?) {
        self.id = id
        self.secret = secret
        self.token = token
    }

    init(_ fields: borrowing RevealedFields) throws(Failure) {
        guard let id = fields.variable("AWS_ACCESS_KEY_ID"), let secret = fields.variable("AWS_SECRET_ACCESS_KEY")
        else { throw Failure("\(fields.overview.name) has no keys of AWS") }
        let text: String
        do throws(ProviderRefusal) {
            text = try id.withBytes { (bytes) throws(ProviderRefusal) in try WireText.text(bytes, "AccessKeyId") }
        } catch { throw Failure.usage(error.description) }
        self.init(id: text, secret: secret, token: fields.variable("AWS_SESSION_TOKEN"))
    }
}
