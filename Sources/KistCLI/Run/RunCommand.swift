import ArgumentParser

struct RunCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a program with credentials in its environment.",
        usage: "kist run [<options>] [<name> ...] -- <command> ...",
        discussion: """
            Without names: what the nearest kist.toml says (kist use). Kist's own failures end with 125, a program
            that cannot be executed with 126, one that is not found with 127; otherwise with the program's own code.

            Example:  kist run kumo snowflake -- python train.py
                      kist run -- make predictions
                      kist run --env-file .env -- make deploy
            """)

    @Option(
        name: .customLong("env-file"),
        help: ArgumentHelp(
            "Variables from a .env file, too; values kist://… and op://… are looked up.", valueName: "file"))
    var envFiles: [String] = []
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(help: "Hand over what has expired, too.") var allowExpired = false
    @Flag(help: "Take away every other credential variable that Kist knows.") var pristine = false
    @Flag(help: "Set variables that can make programs run other code.") var allowDangerousNames = false
    @Option(
        name: .customLong("keep-fd"), help: ArgumentHelp("A descriptor that the program gets, too.", valueName: "n"))
    var keptDescriptors: [Int32] = []
    @OptionGroup(title: "Everywhere") var shared: SharedOptions
    @Argument(parsing: .captureForPassthrough, help: "Names, then -- and the command.") var words: [String] = []

    func execute(_ session: Session) throws(Failure) -> Int32 {
        if words.first == "--help" || words.first == "-h" {
            session.printer.exact(KistCommand.helpMessage(for: RunCommand.self) + "\n")
            return ExitCode.done
        }
        return try Run.execute(try Self.input(self), session)
    }

    /// Names up to `--`, the command behind it.
    static func input(_ command: RunCommand) throws(Failure) -> RunInput {
        var input = RunInput()
        guard let mark = command.words.firstIndex(of: "--") else {
            if let option = command.words.first(where: { $0.hasPrefix("-") }) {
                throw Failure.usage(
                    "\(ArgumentMistake.shown(option)) stands after a name",
                    advice: ["options go before the names; the command goes behind --"])
            }
            throw Failure.usage(
                "where does the command begin?", advice: ["kist run NAME -- COMMAND"])
        }
        input.names = Array(command.words[..<mark])
        input.command = Array(command.words[(mark + 1)...])
        if let option = input.names.first(where: { $0.hasPrefix("-") }) {
            throw Failure.usage("\(ArgumentMistake.shown(option)) is not known here", advice: ["kist run --help"])
        }
        input.envFiles = command.envFiles
        input.reason = command.reason
        input.allowExpired = command.allowExpired
        input.pristine = command.pristine
        input.allowDangerousNames = command.allowDangerousNames
        input.keptDescriptors = command.keptDescriptors
        return input
    }
}
