internal import KistModel
internal import KistProviders
internal import SecretMemory

/// `kist provider aws NAME`: the `credential_process` of the AWS SDKs.
enum AWSProvider: ProviderTool {
    static let name = "aws"
    static let abstract = "the credential_process of the AWS CLI and SDKs: NAME"
    static let example = "kist provider aws NAME"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.count == 1 else { throw Failure.usage("which credential?", advice: [example]) }
        let fields = try RevealedFields.reveal(arguments[0], reason: "aws", try exchange.session())
        guard let id = fields.variable("AWS_ACCESS_KEY_ID"), let secret = fields.variable("AWS_SECRET_ACCESS_KEY")
        else {
            throw Failure("\(fields.overview.name) has no keys of AWS")
        }
        let token = fields.variable("AWS_SESSION_TOKEN")
        var expiration: String?
        if case .at(let end) = fields.overview.expiry { expiration = end.description }
        let answer = try exchange.wire { () throws(ProviderRefusal) in
            let id = try id.withBytes { (bytes) throws(ProviderRefusal) in try WireText.text(bytes, "AccessKeyId") }
            return try AWSAnswer.keys(id: id, secret: secret, sessionToken: token, expiration: expiration)
        }
        exchange.answer(answer)
        return ExitCode.done
    }
}
