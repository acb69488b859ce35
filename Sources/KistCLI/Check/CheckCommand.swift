import ArgumentParser
import KistClient
import KistModel
import KistPlatforms
import KistProtocol

/// Proves credentials at their platforms, one after the other.
enum Check {
    struct Row {
        let overview: Overview
        let outcome: CheckOutcome
    }

    static func execute(_ texts: [String], json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let profile = try session.profile()
        var names: [CredentialName] = []
        for text in texts { names.append(try Read.credential(text)) }
        if names.isEmpty {
            names = try session.overviews(profile).map(\.name)
            guard !names.isEmpty else {
                if json {
                    session.printer.json(["items": []])
                } else {
                    session.printer.line(.quiet("nothing is stored in profile \(profile).   Next: kist add PLATFORM"))
                }
                return ExitCode.done
            }
        }
        var rows: [Row] = []
        for name in names { rows.append(try check(name, profile, session)) }
        if json {
            session.printer.json(["items": .array(rows.map(Self.json))])
        } else {
            show(rows, session)
        }
        let codes = rows.map(\.outcome.exitCode)
        return codes.contains(ExitCode.refused) ? ExitCode.refused : codes.max() ?? ExitCode.done
    }

    private static func check(_ name: CredentialName, _ profile: ProfileName, _ session: Session) throws(Failure) -> Row
    {
        let request = RevealRequest(
            wants: [Want(profile: profile, name: name)], purpose: .check, allowExpired: true)
        let reply = try session.reveal(request)
        guard let item = reply.items.first else { throw Failure("the agent answered without the credential") }
        let overview = item.overview
        let platform: Platform
        do throws(Failure) { platform = try session.platform(of: overview) } catch {
            return Row(overview: overview, outcome: .unknown(error.message))
        }
        let values = FieldValues(overview: overview, item: item)
        let plain = Dictionary(overview.plain.map { ($0.name.description, $0.value) }) { first, _ in first }
        let outcome = Courier(session: session).check(
            platform, variant: overview.variant, name: name.description, plain: plain,
            secrets: overview.secrets.map(\.description)
        ) { field, use in values.use(field, reply, use) }
        return Row(overview: overview, outcome: outcome)
    }

    private static func show(_ rows: [Row], _ session: Session) {
        let now = session.now
        var table = Table([
            .init("NAME"), .init("PLATFORM", shrinks: true), .init("STATUS"), .init("HTTP"), .init("TIME", right: true),
            .init("ANSWERED BY", shrinks: true), .init("EXPIRES"),
        ])
        for row in rows {
            let outcome = row.outcome
            var below: [Phrase]?
            if outcome.verdict != .accepted || outcome.proves != nil,
                let why = outcome.why ?? outcome.proves.map({ "proves \($0)" })
            {
                below = ["  ", Phrase("\(row.overview.name): "), .quiet(why)]
            }
            table.add(
                [
                    Phrase(row.overview.name.description), Phrase(row.overview.platform), outcome.phrase,
                    Phrase(outcome.http.map { "\($0)" } ?? "–"), Phrase(outcome.milliseconds.map { "\($0) ms" } ?? "–"),
                    Phrase(outcome.answeredBy ?? "–"), List.expiry(row.overview.expiry, now),
                ], below: below)
        }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
    }

    static func json(_ row: Row) -> JSONValue {
        [
            "name": .string(row.overview.name.description),
            "profile": .string(row.overview.profile.description),
            "platform": .string(row.overview.platform),
            "status": .string(row.outcome.word),
            "http": row.outcome.http.map { .integer(Int64($0)) },
            "milliseconds": row.outcome.milliseconds.map { .integer(Int64($0)) },
            "answeredBy": row.outcome.answeredBy.map { .string($0) },
            "why": row.outcome.why.map { .string($0) },
            "proves": row.outcome.proves.map { .string($0) },
            "expires": row.overview.json["expires"],
        ]
    }
}

struct CheckCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Prove credentials at their platforms.",
        discussion: """
            Exit code: 0 all accepted, 1 one refused or not allowed, 2 one that nobody could tell.

            Example:  kist check
                      kist check kumo --json
            """)

    @Argument(help: "Credentials; without any, all of the profile.") var names: [String] = []
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 { try Check.execute(names, json: json, session) }
}
