import ArgumentParser

struct AddCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Store a credential, and prove it.",
        discussion: """
            Asks for what is needed: secrets without echo, never as arguments.

            Example:  kist add kumo
                      kist add snowflake --variant key-pair account=myorg-acct user=ALICE --file private_key=rsa_key.p8
                      printf '{"client_id":"…","client_secret":"…"}' | kist add kaskada --stdin
            """)

    @Argument(help: "What kind of credential (kist platform list).") var platform: String?
    @Argument(help: "Plain fields as FIELD=VALUE; FIELD alone is asked for.") var words: [String] = []
    @Option(help: "Its name; else the platform's.") var name: String?
    @Option(help: "Which kind, where a platform has several.") var variant: String?
    @Flag(name: .customLong("stdin"), help: "Read one JSON object of fields, or the main secret.") var fromInput = false
    @Flag(name: .customLong("from-env"), help: "Take the values of the platform's usual variables.")
    var fromEnvironment = false
    @Option(name: .customLong("env"), help: ArgumentHelp("A field from a variable.", valueName: "field=variable"))
    var variables: [String] = []
    @Option(
        name: .customLong("file"),
        help: ArgumentHelp("A field from a file (- is standard input).", valueName: "field=path")) var files: [String] =
            []
    @Option(
        name: .customLong("field"), help: ArgumentHelp("A plain field, like FIELD=VALUE.", valueName: "field=value"))
    var fields: [String] = []
    @Option(help: ArgumentHelp("When it ends: a date, 90d, never.", valueName: "when")) var expires: String?
    @Option(help: ArgumentHelp("A line about it, for list.", valueName: "text")) var note: String?
    @Option(help: ArgumentHelp("What it is handed out for (kist policy --help).", valueName: "policy")) var policy:
        String?
    @Flag(inversion: .prefixedNo, help: "Prove it at the platform first.") var check = true
    @Flag(help: "Replace one of that name.") var replace = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = AddInput()
        input.platform = platform
        input.words = words + fields
        input.name = name
        input.variant = variant
        input.fromInput = fromInput
        input.fromEnvironment = fromEnvironment
        input.variables = variables
        input.files = files
        input.expires = expires
        input.note = note
        input.policy = policy
        input.check = check
        input.replace = replace
        input.json = json
        return try Add.execute(input, session)
    }
}
