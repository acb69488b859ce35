import ArgumentParser

struct CompletionsCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "A completion script for your shell.",
        discussion: """
            Example:  kist completions bash > ~/.local/share/bash-completion/completions/kist
                      kist completions zsh  > ~/.zfunc/_kist
                      kist completions fish > ~/.config/fish/completions/kist.fish
            """)

    @Argument(help: "bash, zsh or fish.") var shell: String
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let known = CompletionShell(rawValue: shell) else {
            throw Failure.usage("there are scripts for bash, zsh and fish")
        }
        session.printer.exact(KistCommand.completionScript(for: known) + "\n")
        return ExitCode.done
    }
}
