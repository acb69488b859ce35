import Glibc
import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// Stores a new credential, after proving it.
enum Add {
    static func execute(_ input: AddInput, _ session: Session) throws(Failure) -> Int32 {
        // With values from elsewhere, questions would only surprise: what is missing is then an error.
        let isUnattended = input.fromInput || input.fromEnvironment
        let terminal = isUnattended ? nil : Terminal.open()
        let platform = try platform(input, terminal, session)
        let name = try Read.credential(input.name ?? platform.name)
        let profile = try session.profile()
        let command = "kist add \(platform.name)" + (input.name.map { " --name \($0)" } ?? "")
        let policy = try input.policy.map { (text) throws(Failure) in try Read.policy(text) }
        let expiry = try input.expires.map { (text) throws(Failure) in try Read.expiry(text, now: session.now) }
        var draft = CredentialDraft(platform: platform, variant: try variant(input, platform, terminal))
        for word in input.words { try draft.take(word: word, command: command) }
        try makeVaultIfAbsent(terminal, session)
        let existing = try revision(of: name, profile, session)
        if existing != nil, !input.replace {
            throw Failure(
                "\(name) exists already in profile \(profile)",
                advice: [
                    "replace one field:  kist edit \(name) \(platform.mainField(variant: draft.variant)?.name ?? "FIELD")",
                    "replace it whole:   \(command) --replace",
                    "keep both:          kist add \(platform.name) --name OTHER",
                ])
        }
        try collect(&draft, input, name, terminal)
        let completion = try Completing.complete(draft)
        for note in draft.notes { session.printer.note(Phrase(note)) }
        if !input.json { showDerived(completion, session.printer) }
        let outcome = try prove(draft, completion, name, input, terminal, session)
        let item = PutItem(
            profile: profile, name: name, platform: platform.name, variant: draft.variant,
            plain: try Completing.plain(completion), secrets: draft.secrets.names,
            expiry: Completing.expiry(platform, draft.variant, completion) ?? expiry ?? .never, note: input.note,
            policy: policy, ifRevision: existing ?? 0)
        let segments = draft.secrets.segments(in: item.secrets)
        let result = try session.ask { (agent) throws(ClientError) in
            try agent.put([item], secrets: segments, why: existing == nil ? "add" : "add --replace")
        }
        if case .at(let end) = item.expiry, end <= session.now {
            session.printer.note("\(name) has expired already, on \(end.date)")
        }
        try say(item, result, outcome, completion, platform, input, session)
        return ExitCode.done
    }

    // MARK: Steps

    private static func platform(_ input: AddInput, _ terminal: Terminal?, _ session: Session) throws(Failure)
        -> Platform
    {
        if let name = input.platform { return try session.platform(name) }
        guard let terminal else { throw Failure.usage("which platform?", advice: ["kist platform list"]) }
        return try session.platform(try Questions.platform(terminal, session))
    }

    private static func variant(_ input: AddInput, _ platform: Platform, _ terminal: Terminal?) throws(Failure)
        -> String?
    {
        if let name = input.variant {
            guard platform.variant(named: name) != nil else {
                let known = platform.variants.map(\.name).joined(separator: ", ")
                throw Failure.usage(
                    "\(platform.name) has no such variant",
                    advice: [known.isEmpty ? "it has none at all" : "one of:  \(known)"])
            }
            return name
        }
        guard !platform.variants.isEmpty else { return nil }
        guard let terminal else {
            throw Failure.usage(
                "\(platform.title) has several kinds of credential",
                advice: platform.variants.map { "--variant \($0.name)   \($0.title)" })
        }
        return try Questions(terminal: terminal).variant(of: platform)
    }

    private static func makeVaultIfAbsent(_ terminal: Terminal?, _ session: Session) throws(Failure) {
        try session.refuseBundle()
        guard try session.state() == .absent else { return }
        guard let terminal, session.passphraseSource == .terminal,
            try terminal.confirm("There is no vault yet. Make one now?", fallback: true)
        else { throw Advice.noVault(session.shownVault) }
        try Initialise.interactive(InitInput(), terminal, session)
        KeyringMemory.begin(session)
    }

    /// The revision of a credential of that name, `nil` when there is none.
    static func revision(of name: CredentialName, _ profile: ProfileName, _ session: Session) throws(Failure) -> UInt64?
    {
        try session.ask { (agent) throws(ClientError) -> UInt64? in
            do throws(ClientError) { return try agent.show(profile: profile, name: name).revision } catch {
                if error.kind == .notFound { return nil }
                throw error
            }
        }
    }

    private static func collect(
        _ draft: inout CredentialDraft, _ input: AddInput, _ name: CredentialName, _ terminal: Terminal?
    ) throws(Failure) {
        for file in input.files { try draft.take(file: file) }
        for variable in input.variables { try draft.take(variable: variable) }
        if input.fromEnvironment { try draft.takeEnvironment(credential: name.description) }
        if input.fromInput { try draft.takeInput(try SecretReader.readAll(0, what: "standard input"), field: nil) }
        if let terminal { try Questions(terminal: terminal).fill(&draft) }
        if draft.platform.isFreeForm, draft.plain.isEmpty, draft.secrets.names.isEmpty {
            throw Failure.usage(
                "\(draft.platform.name) has no fields of its own: name them",
                advice: [
                    "kist add \(draft.platform.name) --name kafka username=bob password",
                    "(password is then asked for without echo)",
                ])
        }
    }

    private static func showDerived(_ completion: Completion, _ printer: Printer) {
        let width = completion.derived.map(\.title.count).max() ?? 0
        for item in completion.derived {
            printer.line(
                Phrase("  \(item.title)\(String(repeating: " ", count: width - item.title.count))  \(item.value)"))
        }
    }

    private static func prove(
        _ draft: borrowing CredentialDraft, _ completion: Completion, _ name: CredentialName, _ input: AddInput,
        _ terminal: Terminal?, _ session: Session
    ) throws(Failure) -> CheckOutcome? {
        guard input.check else { return nil }
        return try Proving.prove(draft, completion, name, quiet: input.json, terminal, session)
    }

    private static func say(
        _ item: PutItem, _ result: PutResult, _ outcome: CheckOutcome?, _ completion: Completion, _ platform: Platform,
        _ input: AddInput, _ session: Session
    ) throws(Failure) {
        let printer = session.printer
        if input.json {
            printer.json(
                [
                    "name": .string(item.name.description), "profile": .string(item.profile.description),
                    "platform": .string(item.platform), "revision": (result.items.first ?? result.revision).json,
                    "check": outcome.map { .string($0.word) },
                ])
            return
        }
        printer.line(.good("✓"), " Stored as \(item.name) in profile \(item.profile).")
        // Given for this command alone: the next one would take another profile's.
        let option = session.options.profile.map { "kist -p \($0) " } ?? "kist "
        func filled(_ text: String) -> Phrase {
            let text = text.hasPrefix("kist run ") ? option + text.dropFirst(5) : text
            return Phrase(Prose.fill(text, name: item.name.description, plain: completion.plain))
        }
        if let run = platform.afterAdd.run { printer.line("  Run:   ", filled(run)) }
        if let code = platform.afterAdd.code { printer.line("  Code:  ", filled(code)) }
        if let note = platform.afterAdd.note { printer.line("         ", filled(note)) }
    }
}
