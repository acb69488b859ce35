internal import KistClient
internal import KistModel
internal import KistProtocol
internal import KistProviders
internal import SecretMemory

/// `kist provider json`: one request a line, one answer a line, until standard input ends. For any language.
enum JSONLinesProvider: ProviderTool {
    static let name = "json"
    static let abstract = "one JSON request a line, for programs in any language"
    static let example = #"echo '{"credential":"kumo"}' | kist provider json"#

    static func answer(_ arguments: [String], _ exchange: ProviderExchange) throws(Failure) -> Int32 {
        guard arguments.isEmpty else { throw Failure.usage("requests come on standard input", advice: [example]) }
        var input = LineInput(longest: LineRequest.longest)
        var code = ExitCode.done
        while let line = try input.next() {
            var id: String?
            do throws(Failure) {
                let request = try exchange.wire { () throws(ProviderRefusal) in
                    try line.withBytes { (bytes) throws(ProviderRefusal) in try LineRequest(bytes) }
                }
                id = request.id
                try respond(to: request, exchange)
                code = ExitCode.done
            } catch {
                exchange.printer.exact(
                    LineAnswer.failure(id: id, kind: kind(error), message: error.message, advice: error.advice))
                code = error.code
                exchange.forget()
            }
            exchange.printer.flush()
        }
        // Of the last answer: what a shell that asks one thing wants to know.
        return code
    }

    private static func respond(to request: LineRequest, _ exchange: ProviderExchange) throws(Failure) {
        let name = try Read.credential(request.credential)
        let asked = try request.profile.map { (text) throws(Failure) in try Read.profile(text) }
        var fields: [FieldName]?
        if let names = request.fields {
            var read: [FieldName] = []
            for name in names { read.append(try Read.field(name)) }
            fields = read
        }
        let session = try exchange.session()
        let profile = if let asked { asked } else { try session.profile() }
        let reply = try session.reveal(
            RevealRequest(
                wants: [Want(profile: profile, name: name, fields: fields)], purpose: .provider,
                reason: request.reason ?? "json"))
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        let values = FieldValues(overview: item.overview, item: item)
        let answer = try exchange.wire { () throws(ProviderRefusal) in
            var answer = LineAnswer(id: request.id, item.overview)
            for field in fields ?? item.overview.plain.map(\.name) + item.fields.map(\.name) {
                var refusal: ProviderRefusal?
                _ = values.use(field.description, reply) { bytes in
                    do throws(ProviderRefusal) { try answer.field(field, bytes) } catch { refusal = error }
                }
                if let refusal { throw refusal }
            }
            return answer.finish()
        }
        exchange.answer(answer)
    }

    /// A word that a program can decide by.
    private static func kind(_ failure: Failure) -> String {
        switch failure.code {
        case ExitCode.notFound: "notFound"
        case ExitCode.locked: "locked"
        case ExitCode.notOpened: "notOpened"
        case ExitCode.usage: "invalid"
        default: "failed"
        }
    }
}
