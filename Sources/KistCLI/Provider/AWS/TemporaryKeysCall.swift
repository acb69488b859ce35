internal import KistClient
internal import KistModel
internal import KistProtocol
internal import SecretMemory

/// Has `kist-courier` ask AWS for temporary keys; this process has no network.
struct TemporaryKeysCall: ~Copyable {
    let id: String
    let secret: SecretBytes
    let token: SecretBytes
    let expires: Timestamp
    /// Of the credential that they were made from.
    let revision: UInt64

    var keys: AWSKeys { AWSKeys(id: id, secret: secret.copy(), token: token.copy()) }

    /// As the agent holds them.
    var segments: SecretSegments {
        let id = SecretSegments(SecretBytes(copyingExposed: Array(id.utf8)))
        return id.appending(SecretSegments(secret.copy())).appending(SecretSegments(token.copy()))
    }

    static func make(
        _ wanted: TemporaryKeysRequest, _ overview: Overview, _ session: Session
    ) throws(Failure) -> TemporaryKeysCall {
        let fields = try RevealedFields.reveal(
            overview.name.description, reason: "aws \(wanted.role ?? "session")", session)
        let keys = try AWSKeys(fields)
        var code: SecretBytes?
        if let serial = wanted.serial { code = try Self.code(serial, overview, session) }
        guard let courier = CourierExchange.beside() else { throw Failure("kist-courier cannot be found") }
        let params: JSONValue = [
            "url": .string(wanted.url), "keyID": .string(keys.id), "role": wanted.role.map { .string($0) },
            "serial": wanted.serial.map { .string($0) }, "duration": wanted.duration.map { .integer($0) },
            "externalID": wanted.externalID.map { .string($0) },
        ]
        let header = JSONValue.object([JSONMember("method", "temporaryKeys"), JSONMember("params", params)]).encoded
        var secrets = SecretBuffer()
        secrets.append(keys.secret)
        var lengths = [keys.secret.count, 0, 0]
        switch keys.token {
        case .some(let token):
            secrets.append(token)
            lengths[1] = token.count
        case .none: break
        }
        switch code {
        case .some(let code):
            secrets.append(code)
            lengths[2] = code.count
        case .none: break
        }
        return try read(courier, header, lengths, secrets.finish(), fields.overview.revision)
    }

    private static func read(
        _ courier: CourierExchange, _ header: [UInt8], _ lengths: [Int], _ secrets: borrowing SecretBytes,
        _ revision: UInt64
    ) throws(Failure) -> TemporaryKeysCall {
        do {
            var head: [UInt8] = []
            try FrameLayout(header: header.count, segments: lengths).encodePrefix(into: &head)
            let answer = try courier.ask(head + header, secrets)
            let fields = try JSONFields(try JSONParser.parse(answer.header), "answer")
            guard try fields.string("status") == "keys", answer.segments.count == 2 else {
                let why = try fields.stringIfPresent("why") ?? "no answer"
                throw Failure(
                    "no temporary keys: \(why)",
                    code: try fields.string("status") == "refused" ? ExitCode.refused : ExitCode.unknown)
            }
            return TemporaryKeysCall(
                id: try fields.string("keyID"), secret: answer.segments.segment(0), token: answer.segments.segment(1),
                expires: try fields.timestamp("expires"), revision: revision)
        } catch let failure as Failure {
            throw failure
        } catch { throw Failure("no temporary keys: kist-courier did not answer", code: ExitCode.unknown) }
    }

    private init(
        id: String, secret: consuming SecretBytes, token: consuming SecretBytes, expires: Timestamp,
        revision: UInt64
    ) {
        self.id = id
        self.secret = secret
        self.token = token
        self.expires = expires
        self.revision = revision
    }

    /// The code of the second factor: computed where its secret is when the credential has one, else asked for.
    private static func code(
        _ serial: String, _ overview: Overview, _ session: Session
    ) throws(Failure) -> SecretBytes {
        if overview.secrets.contains(where: { $0.description == "totp" }) {
            let field = try Read.field("otp")
            let want = Want(profile: overview.profile, name: overview.name, fields: [field])
            let reply = try session.reveal(
                RevealRequest(wants: [want], purpose: .provider, reason: "aws second factor"))
            if let code = reply.value(0, field) { return code }
        }
        guard let terminal = session.person() else {
            throw Failure(
                "a code of \(serial) is needed, and there is no terminal to ask for it",
                advice: [
                    "keep the secret of the codes with the credential:  kist edit \(overview.name) totp",
                    "or ask for keys first where you can type:          kist provider aws \(overview.name)",
                ], code: ExitCode.locked)
        }
        session.printer.flush()
        let code = try terminal.ask("Code of \(serial): ")
        guard (6...8).contains(code.utf8.count), code.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Failure.usage("a code has 6 to 8 digits")
        }
        return SecretBytes(copyingExposed: Array(code.utf8))
    }
}
