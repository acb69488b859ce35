import ArgumentParser

/// The options of every command.
struct SharedOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The profile (else KIST_PROFILE, kist.toml, default).", valueName: "name"))
    var profile: String?

    @Option(name: .long, help: ArgumentHelp("The vault file (else KIST_VAULT).", valueName: "file"))
    var vault: String?

    @Flag(name: .long, help: "Use an agent of this command's own.")
    var isolated = false

    @Flag(name: .long, help: "Leave no agent running.")
    var noAgent = false

    @Option(
        name: .customLong("passphrase-fd"),
        help: ArgumentHelp("Read the passphrase from this descriptor (else KIST_PASSPHRASE_FILE).", valueName: "n"))
    var passphraseDescriptor: Int32?

    init() {}

    var globals: GlobalOptions {
        var options = GlobalOptions()
        options.profile = profile
        options.vault = vault
        options.isolated = isolated
        options.noAgent = noAgent
        options.passphraseDescriptor = passphraseDescriptor
        return options
    }
}

/// A command that works with the vault: options are read into an input, a function does the rest.
protocol SessionCommand: ParsableCommand {
    var shared: SharedOptions { get }

    /// - Returns: the exit code.
    func execute(_ session: Session) throws(Failure) -> Int32
}
