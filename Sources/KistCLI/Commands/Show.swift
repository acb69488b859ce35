import ArgumentParser
import KistClient
import KistCrypto
import KistModel
import KistProtocol

/// Everything about one credential but its secrets.
enum Show {
    static func execute(_ text: String, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let name = try Read.credential(text)
        let profile = try session.profile()
        let overview = try session.overview(profile, name)
        if json {
            session.printer.json(overview.json)
            return ExitCode.done
        }
        let printer = session.printer
        printer.line(
            .strong(overview.name.description), "  ",
            .quiet("\(List.platformWords(overview)), profile \(overview.profile)"))
        var rows: [(String, Phrase)] = overview.plain.map { ($0.name.description, Phrase($0.value)) }
        rows += overview.secrets.map { ($0.description, .quiet("(secret)")) }
        if overview.secrets.contains(.oneTimeText), !overview.secrets.contains(.oneTimeCode) {
            rows.append(("otp", .quiet("the code of the moment:  kist get \(name) otp")))
        }
        rows.append(("expires", when(overview.expiry, session.now)))
        if let note = overview.note { rows.append(("note", Phrase(note))) }
        if overview.policy != .allow { rows.append(("policy", Phrase(PolicySetting.words(overview.policy)))) }
        rows.append(("revision", .quiet("\(overview.revision), \(overview.modified); stored \(overview.created.date)")))
        rows += overview.rejections.map {
            ("refused", .warning("at \($0.host), \($0.when.date): not offered there until it is changed"))
        }
        rows += overview.bundles.map { ("bundle", bundle($0, session)) }
        if let used = overview.lastUsed { rows.append(("last used", .quiet(used.description))) }
        let width = rows.map(\.0.count).max() ?? 0
        for (title, value) in rows {
            printer.line("  ", Phrase(title + String(repeating: " ", count: width - title.count + 2)), value)
        }
        return ExitCode.done
    }

    private static func bundle(_ note: BundleNote, _ session: Session) -> Phrase {
        let label = Home.short(note.label, session.places.home)
        let whose = Recipient(note.recipient)?.fingerprint ?? ""
        let text = "\(label) for \(whose), sealed \(note.sealed.date)"
        if note.expiry.isPast(at: session.now) { return .quiet(text + ", expired") }
        return note.isStale ? .warning(text + ": holds what this was before") : Phrase(text)
    }

    private static func when(_ expiry: Expiry, _ now: Timestamp) -> Phrase {
        guard case .at(let end) = expiry else { return "never" }
        let words = List.expiry(expiry, now)
        return Phrase("\(end.date), \(words.text)", words.tone)
    }
}

struct ShowCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One credential with its plain fields; secrets only by name.",
        discussion: "Example:  kist show snowflake")

    @Argument(help: "The credential.") var name: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 { try Show.execute(name, json: json, session) }
}
