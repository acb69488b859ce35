import ArgumentParser
import KistClient
import KistModel
import KistProtocol

enum Remove {
    static func execute(_ texts: [String], yes: Bool, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let profile = try session.profile()
        var found: [Overview] = []
        for text in texts {
            let name = try Read.credential(text)
            found.append(
                try session.ask { (agent) throws(ClientError) in try agent.show(profile: profile, name: name) })
        }
        if !yes {
            guard let terminal = Terminal.open() else {
                throw Failure.usage(
                    "removing cannot be undone, and there is no terminal to ask", advice: ["say so:  --yes"])
            }
            session.printer.flush()
            let what = found.map { "\($0.name) (\(List.platformWords($0)))" }.joined(separator: ", ")
            guard try terminal.confirm("Remove \(what) from profile \(profile), with its history?") else {
                throw Failure("nothing was removed")
            }
        }
        for overview in found {
            _ = try session.ask { (agent) throws(ClientError) in
                try agent.remove(profile: profile, name: overview.name, ifRevision: overview.revision)
            }
            if !json { session.printer.line(.good("✓"), " Removed \(overview.name) from profile \(profile).") }
        }
        if json { session.printer.json(["removed": .array(found.map { .string($0.name.description) })]) }
        return ExitCode.done
    }
}

struct RemoveCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove credentials with their history.",
        discussion: "Example:  kist remove old-kumo", aliases: ["rm"])

    @Argument(help: "The credentials.") var names: [String]
    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try Remove.execute(names, yes: yes, json: json, session)
    }
}
