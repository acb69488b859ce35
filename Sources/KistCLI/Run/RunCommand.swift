import ArgumentParser
import Glibc

struct RunCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a program with credentials in its environment.",
        usage: "kist run [<options>] [<name> ...] -- <command> ...",
        discussion: """
            Without names: what the nearest kist.toml says (kist use). Kist's own failures end with 125, a program \
            that cannot be executed with 126, one that is not found with 127; otherwise with the program's own code.

            Example:  kist run kumo snowflake -- python3 train.py
                      kist run -- make predictions
                      kist run --env-file .env -- make deploy
                      kist run --as ghcr.password=stdin ghcr -- docker login -u me --password-stdin ghcr.io
                      kist run --watch kumo -- python3 serve.py
                      kist run --check kumo -- python3 nightly.py

            Masking: what the program prints at a terminal, into the journal or into the log of an automatic build is shown \
            with ‹name.field› where a secret of 8 bytes or more would stand, plain or as base64, hex, URL or JSON. \
            Pipes and files get what was written, unless --mask is given. KIST_NO_MASK=1 turns it off. \
            With --watch-signal a new value is looked for, too, from just before the program is told; \
            not where a person would have to agree to that (policy confirm).
            """)

    @Option(
        name: .customLong("env-file"),
        help: ArgumentHelp(
            "Variables from a .env file, too; values kist://… and op://… are looked up.", valueName: "file"))
    var envFiles: [String] = []
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Hand a field over as env, file, fd, memfd or stdin: NAME.FIELD=FORM, or FORM for all; its path is in …_FILE, and {NAME.FIELD} in the command stands for it.",
            valueName: "form"))
    var forms: [String] = []
    @Flag(inversion: .prefixedNo, help: "Mask secrets in what the program prints.") var mask: Bool?
    @Flag(help: "Restart the program when a credential changes.") var watch = false
    @Option(help: ArgumentHelp("Send it this signal instead (HUP, USR1 …).", valueName: "signal"))
    var watchSignal: String?
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(
        name: .customLong("check"),
        help: "Prove each one at its platform first. Ends with 121 (expired), 122 (refused) or 123 (nobody could say).")
    var checksFirst = false
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

    /// Whether a second reading would find nothing: standard input, a pipe, a socket, a terminal.
    private static func isReadOnce(_ path: String) -> Bool {
        if path == "-" { return true }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
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
        input.checksFirst = command.checksFirst
        input.allowExpired = command.allowExpired
        input.pristine = command.pristine
        input.allowDangerousNames = command.allowDangerousNames
        input.keptDescriptors = command.keptDescriptors
        input.masks = command.mask
        input.deliveries = try Deliveries(command.forms)
        if command.watch, command.watchSignal == nil, let path = input.envFiles.first(where: Self.isReadOnce) {
            throw Failure.usage(
                "--watch reads the env files again, and \(path == "-" ? "standard input" : path) can be read once only",
                advice: ["put it into a file", "or without:  --watch-signal HUP, which reads them once"])
        }
        if let name = command.watchSignal {
            input.watch = .signal(try WatchAction.signal(named: name))
        } else if command.watch {
            input.watch = .restart
        }
        return input
    }
}
