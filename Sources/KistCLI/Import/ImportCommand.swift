import ArgumentParser
import KistClient
import KistModel

struct ImportCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take credentials from files of other programs into the vault.",
        discussion: """
            Reads .env files, JSON, YAML, CSV, and what pass, gopass, sops, KeePass, Bitwarden, 1Password, AWS, \
            Snowflake, docker and git keep. The kind is told from the file; --from says it. Shows a plan first, names \
            only. A name that is there already is left alone when it holds the same, and when it does not, too, but \
            with --replace.

            Example:  kist import .env
                      kist import --from aws
                      kist import ~/.password-store --plan
                      sops -d prod.yaml | kist import - --from yaml
            """)

    @Argument(help: "The file or folder; - is standard input. Without it, where --from usually is.") var path: String?
    @Option(
        help: ArgumentHelp(
            "What it is: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind"))
    var from: String?
    @Option(help: "The credential for variables that no platform knows (env).") var name: String?
    @Flag(help: "Write new revisions of credentials that are there with other values.") var replace = false
    @Flag(help: "Show what would be done, and do nothing.") var plan = false
    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "Take variables, too, that can make programs run other code.") var allowDangerousNames = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = ImportInput()
        if let from {
            guard let format = ImportFormat(rawValue: from) else {
                throw Failure.usage(
                    "Kist does not read that kind",
                    advice: ["kinds:  " + ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")])
            }
            input.format = format
        }
        guard let path = path ?? input.format?.usualPlace.map({ "\(session.places.home)/\($0)" }) else {
            throw Failure.usage("import what?", advice: ["kist import .env", "kist import --from aws"])
        }
        input.path = path
        input.rest = try Read.credential(name ?? "env")
        input.replaces = replace
        input.plansOnly = plan
        input.asks = !yes && !json
        input.json = json
        input.allowDangerousNames = allowDangerousNames
        return try Import.execute(input, session)
    }
}
