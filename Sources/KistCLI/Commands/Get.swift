import ArgumentParser
import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

struct GetInput: Equatable {
    /// A credential, or a whole reference `kist://[profile/]credential/field`.
    var name: String
    /// `nil` means the one main secret.
    var field: String?
    var json = false
    /// The header that carries the credential, instead of a value.
    var header = false
    var allowExpired = false
    var reason: String?

    init(name: String, field: String? = nil) {
        self.name = name
        self.field = field
    }
}

/// Prints one value: exact bytes, a line end only on a terminal.
enum Get {
    static func execute(_ input: GetInput, _ session: Session) throws(Failure) -> Int32 {
        if input.header { return try printHeader(input, session) }
        let (want, field) = try want(input, session)
        var request = RevealRequest(wants: [want], purpose: .get, reason: input.reason)
        request.allowExpired = input.allowExpired
        let asked = request
        let reply = try session.reveal(asked)
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        let name: FieldName
        if let field { name = field } else { name = try mainField(item.overview, session) }
        if let value = item.overview.plainValue(name) {
            var text = value
            let problem = text.withUTF8 {
                write(UnsafeRawBufferPointer($0), name, input, item.overview, session.printer)
            }
            if let problem { throw problem }
            return ExitCode.done
        }
        guard let value = reply.value(0, name) else {
            throw Failure(
                "\(want.name) has no field \(name)", advice: ["see its fields:  kist show \(want.name)"],
                code: ExitCode.notFound)
        }
        let problem = value.withBytes { write($0, name, input, item.overview, session.printer) }
        if let problem { throw problem }
        return ExitCode.done
    }

    /// Whole lines, `Name: value`, as `curl --header @-` reads them.
    private static func printHeader(_ input: GetInput, _ session: Session) throws(Failure) -> Int32 {
        guard input.field == nil, !input.json, !input.name.hasPrefix("kist://") else {
            throw Failure.usage("--header is of a whole credential: no field and no --json go with it")
        }
        let name = try Read.credential(input.name)
        let want = Want(profile: try session.profile(), name: name)
        let reply = try session.reveal(
            RevealRequest(wants: [want], purpose: .get, reason: input.reason, allowExpired: input.allowExpired))
        guard let overview = reply.items.first?.overview else {
            throw Failure("the agent answered without the credential")
        }
        let headers = try HeaderLines.make(reply, try session.platform(of: overview))
        headers.lines.withBytes { session.printer.secretAnywhere($0) }
        return ExitCode.done
    }

    private static func want(_ input: GetInput, _ session: Session) throws(Failure) -> (Want, FieldName?) {
        if input.name.hasPrefix("kist://") {
            let reference: Reference
            do { reference = try Reference(parsing: input.name) } catch {
                throw Failure.usage("\(error.what): \(error.rule)")
            }
            let profile: ProfileName
            if let named = reference.profile { profile = named } else { profile = try session.profile() }
            return (Want(profile: profile, name: reference.credential, fields: [reference.field]), reference.field)
        }
        let name = try Read.credential(input.name)
        let field: FieldName?
        if let text = input.field { field = try Read.field(text) } else { field = nil }
        return (Want(profile: try session.profile(), name: name, fields: field.map { [$0] }), field)
    }

    private static func mainField(_ overview: Overview, _ session: Session) throws(Failure) -> FieldName {
        if overview.secrets.count == 1 { return overview.secrets[0] }
        let platform = try? session.platform(overview.platform)
        if let main = platform?.mainField(variant: overview.variant)?.name,
            let field = overview.secrets.first(where: { $0.description == main })
        {
            return field
        }
        let fields = (overview.secrets + overview.plain.map(\.name)).map(\.description).joined(separator: ", ")
        throw Failure.usage("\(overview.name) has no single main secret", advice: ["name one:  \(fields)"])
    }

    /// - Returns: why it could not be written.
    private static func write(
        _ bytes: UnsafeRawBufferPointer, _ field: FieldName, _ input: GetInput, _ overview: Overview, _ printer: Printer
    ) -> Failure? {
        if input.json {
            var text = SecretBuffer()
            let head: JSONValue = [
                "profile": .string(overview.profile.description), "name": .string(overview.name.description),
                "field": .string(field.description),
            ]
            text.append(String(String(decoding: head.encoded, as: UTF8.self).dropLast()))
            text.append(",\"value\":")
            guard SecretJSON.append(bytes, to: &text) else {
                return Failure(
                    "\(overview.name).\(field) is not UTF-8, so it cannot stand in JSON",
                    advice: ["its exact bytes:  kist get \(overview.name) \(field) > FILE"])
            }
            text.append("}\n")
            text.withBytes { printer.secret($0) }
        } else if printer.isTerminal {
            let escaped = printer.secretForTerminal(bytes)
            if bytes.last != 10 { printer.exact("\n") }
            if escaped > 0 {
                printer.note("\(escaped) control characters are shown written out; a pipe gets the exact bytes")
            }
        } else {
            printer.secret(bytes)
        }
        return nil
    }
}

struct GetCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Print one value: the main secret, or a field.",
        discussion: """
            Exact bytes; a line end is added on a terminal only.

            Example:  kist get kumo | wl-copy
                      kist get snowflake account
                      kist get kumo --header | curl -H @- https://demo.kumoai.cloud/api/v1/connectors
            """)

    @Argument(help: "The credential, or kist://[profile/]credential/field.") var name: String
    @Argument(help: "The field; without it the one main secret.") var field: String?
    @Flag(help: "As a JSON object.") var json = false
    @Flag(help: "The header line that carries it to its platform, for curl -H @- (better: kist curl).") var header =
        false
    @Flag(help: "Give it although it has expired.") var allowExpired = false
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = GetInput(name: name, field: field)
        input.json = json
        input.header = header
        input.allowExpired = allowExpired
        input.reason = reason
        return try Get.execute(input, session)
    }
}
