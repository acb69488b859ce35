import KistModel
import KistPlatforms
import SecretMemory

/// The check at the end of `add` and `edit`, and what a refusal leads to.
enum Proving {
    /// - Returns: what was found; it is stored unless this throws.
    /// - Throws: `Failure` when the platform refused it and nobody insisted. Nothing is stored then.
    static func prove(
        _ draft: borrowing CredentialDraft, _ completion: Completion, _ name: CredentialName, quiet: Bool,
        _ terminal: Terminal?, _ session: Session
    ) throws(Failure) -> CheckOutcome? {
        let secrets = Set(draft.secrets.names.map(\.description))
        if case .none(let why) = draft.platform.check(variant: draft.variant, plain: completion.plain, secrets: secrets)
        {
            if !quiet { session.printer.line(.quiet("Not checked: \(why).")) }
            return nil
        }
        let printer = session.printer
        if !quiet { printer.part("Checking … ") }
        let outcome = Courier(session: session).check(
            draft.platform, variant: draft.variant, name: name.description, plain: completion.plain,
            secrets: draft.secrets.names.map(\.description)
        ) { field, use in
            if draft.secrets.withValue(field, use) { return true }
            guard var text = completion.plain[field], !text.isEmpty else { return false }
            text.withUTF8 { use(UnsafeRawBufferPointer($0)) }
            return true
        }
        if !quiet { show(outcome, printer) }
        switch outcome.verdict {
        case .accepted, .unknown:
            return outcome
        case .refused, .notAllowed, .wrongAddress:
            printer.flush()
            if let terminal, try terminal.confirm("Store it all the same?") { return outcome }
            let what =
                outcome.verdict == .refused
                ? "refused it" : outcome.verdict == .notAllowed ? "does not allow it" : "was not found there"
            throw Failure(
                "\(draft.platform.title) \(what)\(outcome.http.map { " (\($0))" } ?? ""); nothing was stored",
                advice: [outcome.why, "without a check:  --no-check"].compactMap { $0 }, code: ExitCode.refused)
        }
    }

    private static func show(_ outcome: CheckOutcome, _ printer: Printer) {
        let facts = outcome.facts.isEmpty ? "" : " (\(outcome.facts))"
        switch outcome.verdict {
        case .accepted: printer.line(.good("✓"), Phrase(" accepted\(facts)"))
        case .unknown: printer.line(.warning("not known"), Phrase(facts))
        default: printer.line(.bad("✗"), Phrase(" \(outcome.word)\(facts)"))
        }
        if let proves = outcome.proves, outcome.verdict == .accepted { printer.line(.quiet("  It proves \(proves).")) }
        if let why = outcome.why, outcome.verdict != .accepted { printer.line(Phrase("  \(why)")) }
        if outcome.verdict == .unknown { printer.line("  It is stored unproved; later:  kist check") }
    }
}
