import ArgumentParser

struct ProxyCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy", abstract: "Let a program use a credential without seeing it.",
        usage: "kist proxy [<options>] <name> [-- <command> ...]",
        discussion: """
            Starts a proxy on this machine that puts the credential into the header of requests to its platform. The program \
            gets the proxy's address and a stand-in with which it proves that it is the one that was started; both are worth \
            nothing later or elsewhere. Without a command they are printed, and the proxy runs until it is interrupted.

            The program can do with the platform what the rules allow (--allow METHOD PATH, * at the end for everything \
            below; without any, all of its API), but it cannot take the key along.

            Example:  kist proxy kumo -- python3 assistant.py
                      kist proxy openai --allow 'GET /v1/models' --allow 'POST /v1/chat/completions' -- agent
            """)

    @Option(help: ArgumentHelp("What may be asked for, by its whole path; may be repeated.", valueName: "method path"))
    var allow: [String] = []
    @Option(help: ArgumentHelp("The port to listen on, instead of one that is free.", valueName: "n"))
    var port: Int = 0
    @Option(help: ArgumentHelp("A line for each request, added to this file (0600).", valueName: "file"))
    var log: String?
    @Option(help: ArgumentHelp("Why, for the audit.", valueName: "text")) var reason: String?
    @Flag(help: "Use what has expired, too.") var allowExpired = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions
    @Argument(help: "The credential.") var name: String?
    @Argument(parsing: .postTerminator, help: "The command, behind --.") var command: [String] = []

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let name else { throw Failure.usage("which credential?", advice: ["kist proxy NAME -- COMMAND"]) }
        var input = ProxyInput()
        guard (0...65_535).contains(port) else { throw Failure.usage("a port is a number up to 65535") }
        input.name = name
        input.command = command
        input.rules = allow
        input.port = port
        input.log = log
        input.reason = reason
        input.allowExpired = allowExpired
        return try Proxy.execute(input, session)
    }
}
