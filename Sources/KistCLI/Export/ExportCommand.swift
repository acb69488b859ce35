import ArgumentParser
import KistClient
import KistModel
import KistProtocol
import SecretMemory

struct ExportInput {
    var names: [String] = []
    var allProfiles = false
    var format = ExportFormat.json
    var path: String?
    var reveal = false
    var reason: String?
}

/// Writes credentials out in clear, for another program or another vault.
enum Export {
    static func execute(_ input: ExportInput, _ session: Session) throws(Failure) -> Int32 {
        if session.printer.isTerminal, input.path == nil, !input.reveal {
            throw Failure.usage(
                "an export holds every secret in clear, and this is a terminal",
                advice: ["into a file only you can read:  kist export -o FILE", "here, all the same:  --reveal"])
        }
        let overviews = try chosen(input, session)
        guard !overviews.isEmpty else { throw Failure("there is nothing to export", code: ExitCode.notFound) }
        let request = RevealRequest(
            wants: overviews.map { Want(profile: $0.profile, name: $0.name) }, purpose: .export, reason: input.reason,
            allowExpired: true)
        let reply = try session.ask { (agent) throws(ClientError) in try agent.reveal(request) }
        let credentials = reply.items.map { item in
            ExportedCredential(
                overview: item.overview, secrets: item.fields.map { (name: $0.name, segment: $0.segment) })
        }
        let text = try ExportWriter(format: input.format).text(credentials, reply.segments)
        guard let path = input.path else {
            text.withBytes { session.printer.secretAnywhere($0) }
            return ExitCode.done
        }
        try PrivateFile.write(text, to: path)
        session.printer.note(
            "wrote \(Words.count(credentials.count, "credential")) in clear; remove the file after use")
        return ExitCode.done
    }

    private static func chosen(_ input: ExportInput, _ session: Session) throws(Failure) -> [Overview] {
        let profile = try session.profile()
        if input.names.isEmpty {
            return try session.ask { (agent) throws(ClientError) in
                try agent.list(profile: input.allProfiles ? nil : profile)
            }
        }
        var overviews: [Overview] = []
        for name in input.names {
            let credential = try Read.credential(name)
            overviews.append(
                try session.ask { (agent) throws(ClientError) in try agent.show(profile: profile, name: credential) })
        }
        return overviews
    }
}

struct ExportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write credentials out in clear, for another program.",
        discussion: """
            json holds everything and comes back with kist import; csv is what other password stores read. Variables \
            for a program are kist env. For keeping a copy of the vault: kist backup, which stays encrypted.

            Example:  kist export -o everything.json
                      kist export kafka --format csv -o kafka.csv
            """)

    @Argument(help: "Credentials; without any, all of the profile.") var names: [String] = []
    @Flag(name: [.customLong("all"), .customShort("a")], help: "All profiles.") var allProfiles = false
    @Option(name: [.long, .short], help: "json or csv.") var format = "json"
    @Option(
        name: [.customLong("output"), .customShort("o")], help: ArgumentHelp("A new file (0600).", valueName: "file"))
    var path: String?
    @Flag(help: "The same as --format json.") var json = false
    @Flag(help: "Print it on a terminal, too.") var reveal = false
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = ExportInput()
        guard let known = json ? .json : ExportFormat(rawValue: format) else {
            throw Failure.usage("there are json and csv", advice: ["variables:  kist env NAME --format dotenv"])
        }
        guard names.isEmpty || !allProfiles else { throw Failure.usage("names, or --all") }
        input.names = names
        input.allProfiles = allProfiles
        input.format = known
        input.path = path
        input.reveal = reveal
        input.reason = reason
        return try Export.execute(input, session)
    }
}
