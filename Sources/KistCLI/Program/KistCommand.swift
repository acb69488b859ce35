import ArgumentParser

/// `kist`: the tree of commands.
struct KistCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kist",
        abstract: "Store a credential once, prove it, inject it where it is needed.",
        discussion: """
            kist init                            make the vault
            kist add kumo                        store a credential, and prove it
            kist run kumo -- python3 train.py    run a program with it
            """,
        version: Release.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Everyday",
                subcommands: [
                    InitCommand.self, AddCommand.self, GetCommand.self, ListCommand.self, ShowCommand.self,
                    EditCommand.self, RemoveCommand.self, ImportCommand.self, ExportCommand.self, RunCommand.self,
                    UseCommand.self,
                    TrustCommand.self, CheckCommand.self, HowCommand.self, EnvCommand.self,
                ]),
            CommandGroup(
                name: "Tools",
                subcommands: [
                    SetupCommand.self, ProviderCommand.self, CurlCommand.self, ProxyCommand.self, RenderCommand.self,
                    HookCommand.self, ScanCommand.self,
                ]),
            CommandGroup(
                name: "Safety",
                subcommands: [
                    UnlockCommand.self, LockCommand.self, StatusCommand.self, SlotCommand.self, RekeyCommand.self,
                    PolicyCommand.self, HistoryCommand.self, AuditCommand.self, DoctorCommand.self, BackupCommand.self,
                ]),
            CommandGroup(
                name: "Places",
                subcommands: [
                    ProfileCommand.self, SealCommand.self, IdentityCommand.self, PlatformCommand.self,
                    CompletionsCommand.self,
                ]),
        ])

    init() {}
}
