import ArgumentParser

struct CurlCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "curl", abstract: "Call a credential's platform with curl.",
        usage: "kist curl [<options>] <name> <address> ... [<options of curl>]",
        discussion: """
            The header that carries the credential reaches curl through a pipe: not in its arguments, not in a variable. \
            It goes to the hosts of the credential only, over TLS or to this machine, and follows no redirect. An address \
            that begins with / goes behind the credential's url. Ends with curl's own code, Kist's own failures with 125.

            Of curl's options these are passed on: \(CurlOptions.shown).

            Example:  kist curl kumo /v1/connectors
                      kist curl kumo /v1/training_jobs --json '{"pquery_id": "churn"}' -sS --fail-with-body
                      kist curl epigos https://api.epigos.ai/projects/p9/
            """)

    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(help: "Use what has expired, too.") var allowExpired = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions
    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The credential, addresses, options of curl.", valueName: "word"))
    var words: [String] = []

    func execute(_ session: Session) throws(Failure) -> Int32 {
        if words.first == "--help" || words.first == "-h" {
            session.printer.exact(KistCommand.helpMessage(for: CurlCommand.self) + "\n")
            return ExitCode.done
        }
        var input = CurlInput()
        input.words = try CurlOptions.read(words)
        guard let name = input.words.others.first else {
            throw Failure.usage("which credential?", advice: ["kist curl NAME https://…"])
        }
        input.name = name
        input.targets = Array(input.words.others.dropFirst())
        input.reason = reason
        input.allowExpired = allowExpired
        return try Curl.execute(input, session)
    }
}
