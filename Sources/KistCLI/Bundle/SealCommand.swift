import ArgumentParser

struct SealCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal", abstract: "Seal credentials into a bundle for a machine.",
        discussion: """
            The bundle holds these credentials and nothing else, is read-only, and can be committed. It opens only with \
            the identity it was sealed for, without agent and vault: KIST_BUNDLE and KIST_IDENTITY_FILE. Without \
            --expires it is good for 90 days.

            Example:  kist seal kumo snowflake --to kist-recipient-… -o ci.kist
                      kist seal --again ci.kist
                      kist seal --stale
            """)

    @Argument(help: "Credentials.") var names: [String] = []
    @Option(help: ArgumentHelp("A recipient, or a file with one.", valueName: "recipient")) var to: [String] = []
    @Option(name: [.short, .long], help: ArgumentHelp("The bundle.", valueName: "file")) var output: String?
    @Option(help: ArgumentHelp("Make this bundle again, with what is in the vault now.", valueName: "file"))
    var again: String?
    @Flag(help: "Make every bundle again that holds something older than the vault.") var stale = false
    @Option(help: ArgumentHelp("When it ends: a date, 90d, never.", valueName: "when")) var expires: String?
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(help: "Seal also what has expired.") var allowExpired = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = SealInput()
        input.names = names
        input.recipients = to
        input.output = output
        input.again = again
        input.stale = stale
        input.expires = expires
        input.reason = reason
        input.allowExpired = allowExpired
        input.json = json
        return try Seal.execute(input, session)
    }
}
