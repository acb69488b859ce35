import ArgumentParser
import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

struct EditInput: Equatable {
    var name: String
    /// `FIELD=VALUE` for plain fields (an empty value removes an optional field, secret ones too), `FIELD` to be asked for.
    var words: [String] = []
    var fromInput = false
    var files: [String] = []
    var variables: [String] = []
    var expires: String?
    var note: String?
    var policy: String?
    var check = true
    var json = false

    init(name: String) { self.name = name }
}

/// Changes fields of a credential; what is not named stays.
enum Edit {
    static func execute(_ input: EditInput, _ session: Session) throws(Failure) -> Int32 {
        let name = try Read.credential(input.name)
        let profile = try session.profile()
        let request = RevealRequest(wants: [Want(profile: profile, name: name)], purpose: .edit, allowExpired: true)
        let reply = try session.ask { (agent) throws(ClientError) in try agent.reveal(request) }
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        let overview = item.overview
        let platform = try session.platform(of: overview)
        let expiry = try input.expires.map { (text) throws(Failure) in try Read.expiry(text, now: session.now) }
        let policy = try input.policy.map { (text) throws(Failure) in try Read.policy(text) }
        let terminal = input.fromInput ? nil : Terminal.open()

        var changes = CredentialDraft(platform: platform, variant: overview.variant)
        let removed = try collect(&changes, input, overview, terminal)
        let isChange = !changes.plain.isEmpty || !changes.secrets.names.isEmpty || !removed.isEmpty
        guard isChange || expiry != nil || input.note != nil || policy != nil else {
            let fields = (overview.secrets + overview.plain.map(\.name)).map(\.description).joined(separator: ", ")
            throw Failure.usage(
                "which field?",
                advice: ["fields:  \(fields)", "kist edit \(name) FIELD        kist edit \(name) FIELD=VALUE"])
        }
        let draft = merged(changes, removed, overview, item, reply, platform)
        let completion = try Completing.complete(draft)
        for note in changes.notes { session.printer.note(Phrase(note)) }
        var outcome: CheckOutcome?
        if input.check, isChange {
            outcome = try Proving.prove(draft, completion, name, quiet: input.json, terminal, session)
        }
        var plain = try Completing.plain(completion)
        if let expiry, let field = platform.fields(variant: overview.variant).first(where: { $0.isExpiry }) {
            plain.removeAll { $0.name.description == field.name }
            if case .at(let end) = expiry {
                plain.append(PlainField(name: try Read.field(field.name), value: end.description))
            }
        }
        let put = PutItem(
            profile: profile, name: name, platform: overview.platform, variant: overview.variant, plain: plain,
            secrets: draft.secrets.names,
            expiry: expiry ?? Completing.expiry(platform, overview.variant, completion) ?? overview.expiry,
            note: input.note.map { $0.isEmpty ? nil : $0 } ?? overview.note, policy: policy,
            ifRevision: overview.revision)
        let segments = draft.secrets.segments(in: put.secrets)
        let result = try session.ask { (agent) throws(ClientError) in
            try agent.put([put], secrets: segments, why: "edit")
        }
        let revision = result.items.first ?? result.revision
        if !overview.bundles.isEmpty, !input.json {
            let after = try session.ask { (agent) throws(ClientError) in try agent.show(profile: profile, name: name) }
            for note in after.bundles where note.isStale && !note.expiry.isPast(at: session.now) {
                session.printer.note(
                    Phrase("the bundle \(Home.short(note.label, session.places.home)) still holds what it was before"))
            }
            if after.bundles.contains(where: \.isStale) { session.printer.note("make them again:  kist seal --stale") }
        }
        if input.json {
            session.printer.json(
                [
                    "name": .string(name.description), "profile": .string(profile.description),
                    "revision": revision.json,
                    "check": outcome.map { .string($0.word) },
                ])
        } else {
            session.printer.line(.good("✓"), " Changed \(name) in profile \(profile); revision \(revision).")
        }
        return ExitCode.done
    }

    /// - Returns: the fields to be removed.
    private static func collect(
        _ changes: inout CredentialDraft, _ input: EditInput, _ overview: Overview, _ terminal: Terminal?
    ) throws(Failure) -> Set<String> {
        let command = "kist edit \(overview.name)"
        var removed: Set<String> = []
        for word in input.words {
            let names = overview.plain.map(\.name) + overview.secrets
            if word.hasSuffix("="), names.contains(where: { "\($0)=" == word }) {
                removed.insert(String(word.dropLast()))
            } else {
                try changes.take(word: word, command: command)
            }
        }
        for file in input.files { try changes.take(file: file) }
        for variable in input.variables { try changes.take(variable: variable) }
        let asked = changes.wanted.filter { !changes.has($0) }
        if input.fromInput {
            guard asked.count <= 1 else { throw Failure.usage("--stdin gives one field; name one") }
            try changes.takeInput(try SecretReader.readAll(0, what: "standard input"), field: asked.first)
            return removed
        }
        for field in asked {
            guard let terminal else {
                throw Failure(
                    "there is no terminal to ask for \(field)", advice: ["… | \(command) \(field) --stdin"],
                    code: ExitCode.usage)
            }
            if changes.isSecret(field) {
                let title = changes.platform.field(named: field, variant: overview.variant)?.title ?? field
                try changes.take(field, try terminal.askSecret("New \(title): "))
            } else {
                try changes.setPlain(field, try terminal.ask("New \(field): "))
            }
        }
        return removed
    }

    /// The old credential with the changes; values that had only followed from an old one follow from the new one.
    private static func merged(
        _ changes: borrowing CredentialDraft, _ removed: Set<String>, _ overview: Overview, _ item: RevealedItem,
        _ reply: borrowing RevealReply, _ platform: Platform
    ) -> CredentialDraft {
        var draft = CredentialDraft(platform: platform, variant: overview.variant)
        let values = FieldValues(overview: overview, item: item)
        let before = platform.complete(
            variant: overview.variant, given: [:], secrets: Set(overview.secrets.map(\.description))
        ) { field, use in overview.secrets.contains { $0.description == field } && values.use(field, reply, use) }
        for field in overview.plain where !removed.contains(field.name.description) {
            let followed = before.derived.contains { $0.field == field.name.description && $0.value == field.value }
            if !followed { draft.plain[field.name.description] = field.value }
        }
        for (field, value) in changes.plain { draft.plain[field] = value }
        for field in overview.secrets where !removed.contains(field.description) {
            if let value = reply.value(0, field) { draft.secrets.set(field, value) }
        }
        for field in changes.secrets.names {
            changes.secrets.withValue(field.description) { draft.secrets.set(field, $0) }
        }
        return draft
    }
}

struct EditCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change fields: plain ones by value, secret ones asked for.",
        discussion: """
            FIELD= removes an optional field. The earlier revision stays in the history.

            Example:  kist edit kumo api_key
                      kist edit snowflake role=ANALYST
            """)

    @Argument(help: "The credential.") var name: String
    @Argument(help: "FIELD=VALUE, or FIELD.") var words: [String] = []
    @Flag(name: .customLong("stdin"), help: "Read the field, or a JSON object of fields.") var fromInput = false
    @Option(name: .customLong("file"), help: ArgumentHelp("A field from a file.", valueName: "field=path")) var files:
        [String] = []
    @Option(name: .customLong("env"), help: ArgumentHelp("A field from a variable.", valueName: "field=variable"))
    var variables: [String] = []
    @Option(help: ArgumentHelp("When it ends: a date, 90d, never.", valueName: "when")) var expires: String?
    @Option(help: ArgumentHelp("A line about it; empty removes it.", valueName: "text")) var note: String?
    @Option(help: ArgumentHelp("What it is handed out for (kist policy --help).", valueName: "policy")) var policy:
        String?
    @Flag(inversion: .prefixedNo, help: "Prove it at the platform first.") var check = true
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = EditInput(name: name)
        input.words = words
        input.fromInput = fromInput
        input.files = files
        input.variables = variables
        input.expires = expires
        input.note = note
        input.policy = policy
        input.check = check
        input.json = json
        return try Edit.execute(input, session)
    }
}
