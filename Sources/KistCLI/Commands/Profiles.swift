import ArgumentParser
import KistClient
import KistModel
import KistProtocol

struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile", abstract: "Sets of credentials of the same names: default, prod, test.",
        discussion: "Example:  kist profile copy default prod",
        subcommands: [ProfileList.self, ProfileCreate.self, ProfileCopy.self, ProfileRemove.self],
        defaultSubcommand: ProfileList.self)
}

struct ProfileList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The profiles.", discussion: "Example:  kist profile list")
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let profiles = try session.ask { (agent) throws(ClientError) in try agent.profiles() }
        if json {
            session.printer.json(["items": .array(profiles.map(\.json))])
            return ExitCode.done
        }
        let current = try session.profile()
        var table = Table([.init("PROFILE"), .init("CREDENTIALS", right: true), .init("")])
        for profile in profiles {
            table.add([
                Phrase(profile.name.description), Phrase("\(profile.count)"),
                .quiet(profile.name == current ? "in use" : ""),
            ])
        }
        if table.isEmpty { table.add([Phrase(current.description), "0", .quiet("in use")]) }
        for line in table.lines(width: session.printer.columns) { session.printer.line(line) }
        return ExitCode.done
    }
}

struct ProfileCreate: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an empty profile.", discussion: "Example:  kist profile create prod")
    @Argument(help: "Its name.") var name: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let name = try Read.profile(name)
        try session.ask { (agent) throws(ClientError) in try agent.profileCreate(name) }
        if json {
            session.printer.json(["profile": .string(name.description)])
            return ExitCode.done
        }
        session.printer.line(.good("✓"), " Profile \(name).   Next: kist add -p \(name) PLATFORM")
        return ExitCode.done
    }
}

struct ProfileCopy: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy", abstract: "Copy all credentials of a profile.",
        discussion: "Example:  kist profile copy default prod")
    @Argument(help: "The one to copy.") var from: String
    @Argument(help: "The new one.") var to: String
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let from = try Read.profile(from), to = try Read.profile(to)
        let count = try session.ask { (agent) throws(ClientError) in try agent.profileCopy(from: from, to: to) }
        if json {
            session.printer.json(["profile": .string(to.description), "copied": count.json])
            return ExitCode.done
        }
        session.printer.line(
            .good("✓"),
            Phrase(" Copied \(Words.count(Int64(clamping: count), "credential")) of profile \(from) to \(to)."))
        return ExitCode.done
    }
}

struct ProfileRemove: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a profile with all its credentials.",
        discussion: "Example:  kist profile remove test")
    @Argument(help: "Its name.") var name: String
    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let name = try Read.profile(name)
        let all = try session.ask { (agent) throws(ClientError) in try agent.list(profile: name) }
        if !yes {
            guard let terminal = Terminal.open() else {
                throw Failure.usage(
                    "removing cannot be undone, and there is no terminal to ask", advice: ["say so:  --yes"])
            }
            session.printer.flush()
            guard try terminal.confirm("Remove profile \(name) with \(Words.count(all.count, "credential"))?") else {
                throw Failure("nothing was removed")
            }
        }
        let removed = try session.ask { (agent) throws(ClientError) in try agent.profileRemove(name) }
        if json {
            session.printer.json(["profile": .string(name.description), "removed": removed.json])
            return ExitCode.done
        }
        session.printer.line(
            .good("✓"), Phrase(" Removed profile \(name) with \(Words.count(Int64(clamping: removed), "credential"))."))
        return ExitCode.done
    }
}
