internal import KistClient
internal import KistModel
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `kist provider aws NAME`: the `credential_process` of the AWS SDKs.
enum AWSProvider: ProviderTool {
    static let name = "aws"
    static let abstract = "the credential_process of the AWS CLI and SDKs: NAME [options]"
    static let example = "kist provider aws NAME --role-arn arn:aws:iam::123456789012:role/build --duration 3600"

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        let options = try AWSOptions(arguments)
        let session = try exchange.session()
        let name = try Read.credential(options.name)
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        if overview.expiry.isPast(at: session.now) {
            throw Failure(
                "\(name) has expired", advice: ["put a new one in:  kist edit \(name) secret_access_key"])
        }
        if let wanted = try TemporaryKeysRequest(options, overview) {
            return try temporary(wanted, overview, exchange)
        }
        let fields = try RevealedFields.reveal(options.name, reason: "aws", session)
        let keys = try AWSKeys(fields)
        var expiration: String?
        if case .at(let end) = fields.overview.expiry { expiration = end.description }
        try answer(keys, expiration, exchange)
        return ExitCode.done
    }

    /// Keys for a while: those that the agent still has, else new ones.
    private static func temporary(
        _ wanted: TemporaryKeysRequest, _ overview: Overview, _ exchange: ProviderExchange
    ) throws(Failure) -> Int32 {
        let session = try exchange.session()
        var request = KeepRequest(profile: overview.profile, name: overview.name, label: wanted.label)
        let asked = request
        if session.bundlePath == nil {
            let held = try session.ask { (agent) throws(ClientError) in try agent.kept(asked) }
            switch held {
            case .some(let held) where held.values.count == 3:
                let id = held.values.withSegment(0) { String(decoding: $0, as: UTF8.self) }
                let keys = AWSKeys(id: id, secret: held.values.segment(1), token: held.values.segment(2))
                try answer(keys, held.expires.description, exchange)
                return ExitCode.done
            default: break
            }
        }
        let made = try TemporaryKeysCall.make(wanted, overview, session)
        if session.bundlePath == nil {
            request.expires = made.expires
            request.revision = made.revision
            let keeping = request
            let values = made.segments
            // They are good all the same when they could not be held.
            _ = try? session.ask { (agent) throws(ClientError) in try agent.keep(keeping, values) }
        }
        try answer(made.keys, made.expires.description, exchange)
        return ExitCode.done
    }

    private static func answer(
        _ keys: borrowing AWSKeys, _ expiration: String?, _ exchange: ProviderExchange
    ) throws(Failure) {
        let answer = try exchange.wire { () throws(ProviderRefusal) in
            try AWSAnswer.keys(id: keys.id, secret: keys.secret, sessionToken: keys.token, expiration: expiration)
        }
        exchange.answer(answer)
    }
}
