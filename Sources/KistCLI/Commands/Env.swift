import ArgumentParser
import KistClient
import KistModel
import KistProtocol
import SecretMemory

struct EnvInput: Equatable {
    var names: [String] = []
    var format = EnvFormat.shell
    var reveal = false
    /// A file of mode 0600 instead of standard output.
    var path: String?
    var overwrite = false
    var reason: String?
    var allowExpired = false
    var allowDangerousNames = false
}

/// Prints the variables of credentials in a form that something else reads. On a terminal only their names.
enum Env {
    static func execute(_ input: EnvInput, _ session: Session) throws(Failure) -> Int32 {
        let request = try InjectionRequest(names: input.names, session: session)
        guard !request.isEmpty else {
            throw Failure.usage(
                "of which credentials?", advice: ["kist env NAME", "or for this folder:  kist use NAME"])
        }
        let asked = RevealRequest(
            wants: request.wants, purpose: .env, reason: input.reason, allowExpired: input.allowExpired)
        let reply = try session.reveal(asked)
        let injector = Injector(
            session: session, allowingDangerous: input.allowDangerousNames, command: [], makesFiles: false)
        let injection = try injector.build(request, reply, pid: 0)
        let masked = session.printer.isTerminal && !input.reveal && input.path == nil
        var text = SecretBuffer(capacity: 1_024)
        var problem: Failure?
        var count = 0
        injection.block.forEach { name, value in
            guard problem == nil else { return }
            if let obstacle = input.format.obstacle(name, value) {
                problem = Failure(
                    "\(name) cannot be written as \(input.format.rawValue): \(obstacle)",
                    advice: EnvFormat.allCases.first { $0.obstacle(name, value) == nil }
                        .map { ["another form:  --format \($0.rawValue)"] } ?? [
                            "hand it over:  kist run NAME -- COMMAND"
                        ])
                return
            }
            if masked {
                var dots = "••••••••"
                dots.withUTF8 { input.format.append(name, UnsafeRawBufferPointer($0), isFirst: count == 0, to: &text) }
            } else {
                input.format.append(name, value, isFirst: count == 0, to: &text)
            }
            count += 1
        }
        if let problem { throw problem }
        input.format.end(isEmpty: count == 0, &text)
        try RenderedFile.hand(text.finish(), to: input.path, overwriting: input.overwrite, session.printer)
        for notice in injection.notices { session.printer.note(Phrase(notice)) }
        if masked, count > 0 { session.printer.note("values are hidden on a terminal; --reveal shows them") }
        return ExitCode.done
    }
}

struct EnvCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "env", abstract: "Print the variables, for a shell or a file.",
        discussion: """
            kist run is safer: nothing is written anywhere. A value that its reader would change is refused.

            Example:  eval "$(kist env kumo)"
                      kist env kumo --format fish | source
                      kist env kumo --format systemd -o /run/churn/env
            """)

    @Argument(help: "Credentials; without any, what kist.toml says.") var names: [String] = []
    @Option(name: [.long, .short], help: ArgumentHelp("\(EnvFormat.names).", valueName: "format"))
    var format = "shell"
    @Flag(help: "The same as --format json.") var json = false
    @Option(
        name: [.customLong("output"), .customShort("o")],
        help: ArgumentHelp("Into a file (0600), whole or not at all.", valueName: "file"))
    var path: String?
    @Flag(help: "Replace that file.") var overwrite = false
    @Flag(help: "Show values on a terminal.") var reveal = false
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(help: "Also what has expired.") var allowExpired = false
    @Flag(help: "Also variables that can make programs run other code.") var allowDangerousNames = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        var input = EnvInput()
        guard let known = json ? .json : EnvFormat(rawValue: format) else {
            throw Failure.usage("the formats are \(EnvFormat.names)")
        }
        input.names = names
        input.format = known
        input.reveal = reveal
        input.path = path
        input.overwrite = overwrite
        input.reason = reason
        input.allowExpired = allowExpired
        input.allowDangerousNames = allowDangerousNames
        return try Env.execute(input, session)
    }
}
