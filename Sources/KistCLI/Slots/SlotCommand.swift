import ArgumentParser

struct SlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slot",
        abstract: "The ways into the vault: passphrases, keyring, key files, recipients, recovery.",
        discussion: "Example:  kist slot add keyring",
        subcommands: [
            SlotListCommand.self, SlotAddCommand.self, SlotChangeCommand.self, SlotRemoveCommand.self,
            SlotTestCommand.self,
        ],
        defaultSubcommand: SlotListCommand.self)
}
