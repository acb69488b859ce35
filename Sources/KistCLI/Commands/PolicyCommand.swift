import ArgumentParser
import KistClient
import KistModel
import KistProtocol

/// Says or sets under which conditions a credential is handed out.
enum PolicySetting {
    static func execute(_ text: String, _ word: String?, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let name = try Read.credential(text)
        let profile = try session.profile()
        var revision: UInt64
        var policy: Policy
        if let word {
            let wanted = try Read.policy(word)
            revision = try session.ask { (agent) throws(ClientError) in
                try agent.policy(profile: profile, name: name, wanted)
            }
            policy = wanted
        } else {
            let overview = try session.ask { (agent) throws(ClientError) in
                try agent.show(profile: profile, name: name)
            }
            (revision, policy) = (overview.revision, overview.policy)
        }
        if json {
            session.printer.json(
                [
                    "name": .string(name.description), "profile": .string(profile.description),
                    "policy": .string(policy.rawValue), "revision": revision.json,
                ])
            return ExitCode.done
        }
        session.printer.line(word == nil ? "" : .good("✓ "), Phrase("\(name): \(words(policy))"))
        if word != nil, policy == .confirm { noteWhereItAsks(session) }
        return ExitCode.done
    }

    /// The credentials that are not handed out to everything, and how many are; as JSON all of them.
    static func list(everywhere: Bool, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let profile = everywhere ? nil : try session.profile()
        let overviews = try session.overviews(profile)
        if json {
            let items = overviews.map { overview -> JSONValue in
                [
                    "name": .string(overview.name.description), "profile": .string(overview.profile.description),
                    "policy": .string(overview.policy.rawValue),
                ]
            }
            session.printer.json(["items": .array(items)])
            return ExitCode.done
        }
        var columns = [Table.Column("NAME"), .init("POLICY")]
        if everywhere { columns.insert(.init("PROFILE"), at: 0) }
        var table = Table(columns)
        for overview in overviews where overview.policy != .allow {
            var cells: [Phrase] = [Phrase(overview.name.description), Phrase(overview.policy.rawValue)]
            if everywhere { cells.insert(Phrase(overview.profile.description), at: 0) }
            table.add(cells)
        }
        let rest = overviews.count { $0.policy == .allow }
        if !table.isEmpty { for line in table.lines(width: session.printer.columns) { session.printer.line(line) } }
        let others = table.isEmpty ? "" : "other "
        session.printer.line(
            .quiet(
                overviews.isEmpty
                    ? "nothing is stored in \(profile.map { "profile \($0)" } ?? "the vault")"
                    : "\(rest) \(others)\(rest == 1 ? "credential" : "credentials"): allow"))
        return ExitCode.done
    }

    static func words(_ policy: Policy) -> String {
        switch policy {
        case .allow: "allow – handed out whenever the vault is open"
        case .confirm: "confirm – handed out only after somebody agreed in a dialog"
        case .runOnly:
            "run-only – for run, check, curl and tools; not for get, env, show or render (a guard rail, not a wall)"
        }
    }

    /// Without a display nobody could agree, which is better known now than at the first use.
    private static func noteWhereItAsks(_ session: Session) {
        let facts = try? session.ask { (agent) throws(ClientError) in try agent.doctor() }
        guard let facts, facts["prompter"]?.string == nil else { return }
        session.printer.note(
            """
            the agent that runs now was started without a display, so nobody can agree and it will refuse. On a desktop: \
            kist lock, then kist unlock
            """)
    }
}

struct PolicyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Say or set what a credential is handed out for.",
        discussion: """
            allow      whenever the vault is open (the usual)
            confirm    only after somebody agreed in a dialog, each time
            run-only   for run, check, curl and tools; not for get, env, show, render

            Example:  kist policy
                      kist policy snowflake confirm
            """)

    @Argument(help: "The credential; without it, those with another policy than allow are listed.") var name: String?
    @Argument(help: "allow, confirm or run-only; without it, the present one is said.") var policy: String?
    @Flag(name: [.customLong("all"), .customShort("a")], help: "Without a name: of all profiles.") var everywhere =
        false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let name else { return try PolicySetting.list(everywhere: everywhere, json: json, session) }
        guard !everywhere else { throw Failure.usage("--all is for the list of all profiles, without a name") }
        return try PolicySetting.execute(name, policy, json: json, session)
    }
}
