import ArgumentParser

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back the vault up, check a backup, restore one.",
        discussion: "Example:  kist backup create ~/safe/kist.backup",
        subcommands: [BackupCreateCommand.self, BackupCheckCommand.self, BackupRestoreCommand.self])
}
