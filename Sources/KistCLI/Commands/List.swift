import ArgumentParser
import KistClient
import KistModel
import KistProtocol

/// Shows what there is, never a secret.
enum List {
    static func execute(
        expiringWithin seconds: Int64?, everywhere: Bool, platform: String?, json: Bool, _ session: Session
    ) throws(Failure) -> Int32 {
        let profile = everywhere ? nil : try session.profile()
        var overviews = try session.overviews(profile)
        if let profile, profile != .default, overviews.isEmpty, session.bundlePath == nil {
            let all = try session.ask { (agent) throws(ClientError) in try agent.profiles() }
            guard all.contains(where: { $0.name == profile }) else {
                throw Failure(
                    "there is no profile \(profile)", advice: ["see them:  kist profile list"], code: ExitCode.notFound)
            }
        }
        let now = session.now
        if let platform { overviews.removeAll { $0.platform != platform } }
        if let seconds {
            let limit = Timestamp(seconds: now.seconds + seconds)
            overviews.removeAll { !$0.expiry.isPast(at: limit) }
        }
        if json {
            session.printer.json(["items": .array(overviews.map(\.json))])
            return ExitCode.done
        }
        guard !overviews.isEmpty else {
            let place = profile.map { "profile \($0)" } ?? "the vault"
            let nothing = seconds == nil ? "nothing is stored in \(place)" : "nothing expires in that time"
            session.printer.line(.quiet(nothing + (seconds == nil ? ".   Next: kist add PLATFORM" : ".")))
            return ExitCode.done
        }
        var columns = [
            Table.Column("NAME"), .init("PLATFORM", shrinks: true), .init("EXPIRES"), .init("CHANGED"),
        ]
        if everywhere { columns.insert(.init("PROFILE"), at: 0) }
        let hasPolicies = overviews.contains { $0.policy != .allow }
        if hasPolicies { columns.append(.init("POLICY")) }
        let hasUses = overviews.contains { $0.lastUsed != nil }
        if hasUses { columns.append(.init("USED")) }
        let hasNotes = overviews.contains { $0.note != nil }
        if hasNotes { columns.append(.init("NOTE", shrinks: true)) }
        var table = Table(columns)
        for overview in overviews {
            var cells: [Phrase] = [
                Phrase(overview.name.description), Phrase(platformWords(overview)), expiry(overview.expiry, now),
                .quiet(overview.modified.date),
            ]
            if everywhere { cells.insert(Phrase(overview.profile.description), at: 0) }
            if hasPolicies { cells.append(overview.policy == .allow ? "" : Phrase(overview.policy.rawValue)) }
            if hasUses { cells.append(.quiet(overview.lastUsed?.date ?? "–")) }
            if hasNotes { cells.append(.quiet(overview.note ?? "")) }
            let refused = overview.rejections.map(\.host).joined(separator: ", ")
            table.add(
                cells,
                below: refused.isEmpty ? nil : ["  ", Phrase("\(overview.name): "), .warning("refused at \(refused)")])
        }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
        return ExitCode.done
    }

    static func platformWords(_ overview: Overview) -> String {
        overview.variant.map { "\(overview.platform) (\($0))" } ?? overview.platform
    }

    /// In words; colour from two weeks before.
    static func expiry(_ expiry: Expiry, _ now: Timestamp) -> Phrase {
        let words = expiry.inWords(at: now)
        if expiry.isPast(at: now) { return .bad(words) }
        return expiry.isPast(at: Timestamp(seconds: now.seconds + 14 * 86_400)) ? .warning(words) : Phrase(words)
    }
}

struct ListCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What there is, and until when.",
        discussion: "Example:  kist list --expiring 30d", aliases: ["ls"])

    @Option(help: ArgumentHelp("Only what expires within this time.", valueName: "30d")) var expiring: String?
    @Flag(name: [.customLong("all"), .customShort("a")], help: "All profiles.") var everywhere = false
    @Option(help: "Only this platform.") var platform: String?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var seconds: Int64?
        if let expiring {
            seconds = Read.duration(expiring)
            guard seconds != nil else { throw Failure.usage("--expiring takes a length of time: 30d, 12h") }
        }
        return try List.execute(
            expiringWithin: seconds, everywhere: everywhere, platform: platform, json: json, session)
    }
}
