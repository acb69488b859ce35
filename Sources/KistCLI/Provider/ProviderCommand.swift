import ArgumentParser

/// `kist provider`: the help, and what `InvokedAs` left over.
struct ProviderCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Answer another tool's credential protocol.",
        usage: "kist provider <tool> [<arguments> ...]",
        discussion: """
            Tools start it themselves; kist setup TOOL tells them how.

            \(list)

            Example:  printf 'protocol=https\\nhost=example.com\\n' | kist provider git get
            """)

    @OptionGroup(title: "Everywhere") var shared: SharedOptions
    @Argument(parsing: .captureForPassthrough, help: "The tool and what it says.") var words: [String] = []

    private static var list: String {
        let width = Providers.all.map { $0.name.count }.max() ?? 0
        return Providers.all.map { tool in
            "\(tool.name)\(String(repeating: " ", count: width - tool.name.count + 2))\(tool.abstract)"
        }.joined(separator: "\n")
    }

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let name = words.first, name != "--help", name != "-h" else {
            session.printer.exact(KistCommand.helpMessage(for: ProviderCommand.self) + "\n")
            return ExitCode.done
        }
        guard let tool = Providers.named(name) else {
            throw Failure.usage("there is no such tool", advice: ["see them:  kist provider --help"])
        }
        let rest = Array(words.dropFirst())
        if rest.contains("--help") || rest.contains("-h") {
            session.printer.exact("\(tool.name): \(tool.abstract)\n\nExample:  \(tool.example)\n")
            return ExitCode.done
        }
        return Providers.run(tool, rest, shared.globals, session.printer)
    }
}
