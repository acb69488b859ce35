import ArgumentParser
import KistClient
import KistModel
import KistProtocol

enum History {
    static func execute(_ text: String, restore: UInt64?, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let name = try Read.credential(text)
        let profile = try session.profile()
        if let restore {
            let revision = try session.ask { (agent) throws(ClientError) in
                try agent.restore(profile: profile, name: name, revision: restore)
            }
            if json {
                session.printer.json([
                    "name": .string(name.description), "restored": restore.json, "revision": revision.json,
                ])
            } else {
                session.printer.line(
                    .good("✓"), " \(name) is again as in revision \(restore); that is revision \(revision) now.")
            }
            return ExitCode.done
        }
        let notes = try session.ask { (agent) throws(ClientError) in try agent.history(profile: profile, name: name) }
        if json {
            session.printer.json(["items": .array(notes.map(\.json))])
            return ExitCode.done
        }
        var table = Table([.init("REVISION", right: true), .init("WHEN"), .init("WHAT")])
        for note in notes {
            table.add([Phrase("\(note.revision)"), Phrase(note.when.description), Phrase(note.why)])
        }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
        if notes.count > 1 {
            session.printer.line(.quiet("bring one back:  kist history \(name) --restore \(notes[1].revision)"))
        }
        return ExitCode.done
    }
}

struct HistoryCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The revisions of a credential; bring one back.",
        discussion: "Example:  kist history kumo --restore 17")

    @Argument(help: "The credential.") var name: String
    @Option(help: ArgumentHelp("Write this revision again, as a new one.", valueName: "revision")) var restore: UInt64?
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try History.execute(name, restore: restore, json: json, session)
    }
}
