import ArgumentParser

struct HookCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "Have a shell take up a folder's credentials on cd.",
        discussion: """
            Prints a function for bash, zsh, fish or direnv. In a folder with a kist.toml that you agreed to (kist trust), \
            its variables are set while you are there, and taken away or put back when you leave. No value is shown, nobody \
            is asked for a passphrase, and nothing runs that a kist.toml names. What is run-only stays for kist run, which \
            is the safer way: there only one program gets them.

            Example:  echo 'eval "$(kist hook bash)"' >> ~/.bashrc
                      echo 'kist hook fish | source' >> ~/.config/fish/config.fish
            """)

    @Argument(help: "bash, zsh, fish or direnv.") var shell: String
    @Option(help: .hidden) var now: String?
    @Argument(help: .hidden) var names: [String] = []
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        guard let known = HookShell(rawValue: shell) else {
            throw Failure.usage("there are \(HookShell.names)", advice: ["kist hook bash"])
        }
        return try Hook.execute(HookInput(shell: known, state: now, names: names), session)
    }
}
