import ArgumentParser
import KistClient
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory

/// Takes the variables of a `.env` file into the vault, all or none.
enum Import {
    static func execute(
        _ path: String, name: String?, yes: Bool, json: Bool, allowDangerousNames: Bool = false, _ session: Session
    ) throws(Failure) -> Int32 {
        let file =
            path == "-"
            ? try SecretReader.readAll(0, what: "standard input")
            : try SecretReader.readFile(path, what: "the file to import")
        let dotenv = try Dotenv(parsing: file, path: path == "-" ? "standard input" : path)
        guard !dotenv.entries.isEmpty else {
            throw Failure.usage("there are no variables in \(path == "-" ? "standard input" : path)")
        }
        let platforms = session.catalog.names().compactMap { try? session.platform($0.name) }
        let rest = try Read.credential(name ?? "env").description
        let leftOut = LeftOut(dotenv, allowDangerousNames: allowDangerousNames)
        let plan = ImportPlan.make(
            dotenv.entries.map(\.name), platforms: platforms, rest: rest, leftOut: leftOut.indices)
        guard !plan.items.isEmpty else {
            throw Failure.usage("there is nothing to store", advice: leftOut.lines(dotenv))
        }
        let profile = try session.profile()
        var items: [PutItem] = []
        var row = SecretBuffer(capacity: 1_024)
        var lengths: [Int] = []
        var problems: [String] = []
        for planned in plan.items {
            guard let platform = platforms.first(where: { $0.name == planned.platform }) else { continue }
            do throws(Failure) {
                items.append(try item(planned, platform, dotenv, profile, &row, &lengths))
            } catch {
                problems.append("\(planned.name): \(error.message)")
            }
        }
        if !json { show(plan, dotenv, leftOut, session) }
        guard problems.isEmpty else {
            throw Failure.usage("not everything fits, so nothing was stored", advice: problems)
        }
        for item in items where try Add.revision(of: item.name, profile, session) != nil {
            throw Failure(
                "\(item.name) exists already in profile \(profile); nothing was stored",
                advice: ["make room:           kist remove \(item.name)", "in another profile:  kist import -p NAME …"])
        }
        if !yes {
            guard let terminal = Terminal.open() else {
                throw Failure.usage("there is no terminal to agree to this", advice: ["say so:  --yes"])
            }
            session.printer.flush()
            guard try terminal.confirm("Store \(Words.count(items.count, "credential"))?") else {
                throw Failure("nothing was stored")
            }
        }
        let segments = SecretSegments(bytes: row.finish(), lengths: lengths)
        let all = items
        _ = try session.ask { (agent) throws(ClientError) in try agent.put(all, secrets: segments, why: "import") }
        if json {
            session.printer.json([
                "items": .array(items.map { ["name": .string($0.name.description), "platform": .string($0.platform)] })
            ])
        } else {
            session.printer.line(
                .good("✓"),
                Phrase(" Stored \(items.map(\.name.description).joined(separator: ", ")) in profile \(profile)."))
            if path != "-" {
                session.printer.line("  The file still holds the secrets: remove it,")
                session.printer.line("  and make new ones if it was ever committed.")
            }
        }
        return ExitCode.done
    }

    private static func item(
        _ planned: ImportPlan.Item, _ platform: Platform, _ dotenv: borrowing Dotenv, _ profile: ProfileName,
        _ row: inout SecretBuffer, _ lengths: inout [Int]
    ) throws(Failure) -> PutItem {
        var draft = CredentialDraft(platform: platform, variant: planned.variant)
        for field in planned.fields {
            try draft.take(field.name, dotenv.values.segment(field.index))
        }
        let completion = try Completing.complete(draft)
        let names = draft.secrets.names
        let segments = draft.secrets.segments(in: names)
        row.append(segments.bytes)
        lengths += segments.lengths
        return PutItem(
            profile: profile, name: try Read.credential(planned.name), platform: platform.name,
            variant: planned.variant,
            plain: try Completing.plain(completion), secrets: names,
            expiry: Completing.expiry(platform, planned.variant, completion) ?? .never, ifRevision: 0)
    }

    /// Names only.
    private static func show(
        _ plan: ImportPlan, _ dotenv: borrowing Dotenv, _ leftOut: LeftOut, _ session: Session
    ) {
        var table = Table([
            .init("CREDENTIAL"), .init("PLATFORM", shrinks: true), .init("FIELD"), .init("FROM", shrinks: true),
        ])
        for item in plan.items {
            for (index, field) in item.fields.enumerated() {
                table.add([
                    Phrase(index == 0 ? item.name : ""), Phrase(index == 0 ? item.platform : ""),
                    Phrase(field.name + (field.isSecret ? " (secret)" : "")),
                    .quiet("\(field.variable), line \(dotenv.entries[field.index].line)"),
                ])
            }
        }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
        for line in leftOut.lines(dotenv) { session.printer.note(Phrase(line)) }
        if !dotenv.unexpanded.isEmpty {
            let lines = dotenv.unexpanded.map { "\($0)" }.joined(separator: ", ")
            session.printer.note("${…} is taken as it stands in line \(lines)")
        }
    }
}

/// Variables that an import does not take, and says so.
private struct LeftOut {
    private var empty: [Int] = []
    private var dangerous: [Int] = []

    init(_ dotenv: borrowing Dotenv, allowDangerousNames: Bool) {
        for (index, entry) in dotenv.entries.enumerated() {
            if dotenv.values.withSegment(index, { $0.isEmpty }) {
                empty.append(index)
            } else if !allowDangerousNames, DangerousNames.contains(entry.name) {
                dangerous.append(index)
            }
        }
    }

    var indices: Set<Int> { Set(empty + dangerous) }

    /// Names and places only.
    func lines(_ dotenv: borrowing Dotenv) -> [String] {
        var lines: [String] = []
        for index in empty {
            let entry = dotenv.entries[index]
            lines.append("left out (empty): \(entry.name), line \(entry.line)")
        }
        for index in dangerous {
            let entry = dotenv.entries[index]
            lines.append("left out (can make programs run other code): \(entry.name), line \(entry.line)")
        }
        if !dangerous.isEmpty { lines.append("take those, too:  kist import --allow-dangerous-names …") }
        return lines
    }
}

struct ImportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take the variables of a .env file into the vault.",
        discussion: """
            Variables of known platforms become their credentials, the others fields of one named by --name. Shows what
            it will do first, names only.

            Example:  kist import .env
            """)

    @Argument(help: "The file; - is standard input.") var path: String
    @Option(help: "The credential for what no platform knows (env).") var name: String?
    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "Take variables, too, that can make programs run other code.") var allowDangerousNames = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try Import.execute(
            path, name: name, yes: yes || json, json: json, allowDangerousNames: allowDangerousNames, session)
    }
}
