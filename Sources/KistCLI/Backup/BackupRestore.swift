import ArgumentParser
import KistClient
import KistProtocol

enum BackupRestore {
    static func execute(
        _ file: String, _ way: BackupWay, replace: Bool, json: Bool, _ session: Session
    ) throws(Failure) -> Int32 {
        let handOver = BackupHandOver(
            way: try way.chosen(session), factor: way.factor, file: try BackupBytes.open(file), shown: file,
            session: session)
        // Before anything is asked; the agent looks again.
        guard try session.state() == .absent || replace else {
            throw BackupAdvice.failure(.agent(AgentFailure(.vaultExists, "")), file, session)
        }
        let summary = try handOver.run(
            BackupOpenRequest(purpose: .restore, isReplacing: replace, expect: way.expectVault))
        KeyringNote(session.places).void()
        if json {
            session.printer.json(BackupWords.json(summary, file: file, bytes: handOver.file.size))
            return ExitCode.done
        }
        session.printer.line(
            .good("✓"),
            Phrase(" Restored \(BackupWords.count(summary)) as of \(summary.made) to \(session.shownVault)."))
        if let aside = summary.aside {
            session.printer.line(Phrase("  The vault that was there is kept beside it as \(aside);"))
            session.printer.line("  remove that when you are sure.")
        }
        session.printer.line("  The ways in are those of the backup: one that was removed or changed since is back.")
        guard summary.aside != nil else {
            session.printer.line("  Next:  kist unlock, then kist slot list")
            return ExitCode.done
        }
        session.printer.line("  Next:  kist unlock, then kist slot list; if all of that is as you want it:")
        session.printer.line("         kist unlock --accept-older")
        return ExitCode.done
    }
}

struct BackupRestoreCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a vault from a backup.",
        discussion: """
            Opens with the passphrase or recovery code that the vault had when the backup was made. A vault that is there is \
            never deleted: with --replace it is kept beside the new one.

            Example:  kist backup restore ~/safe/kist.backup
                      kist backup restore --replace ~/safe/kist.backup
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file()) var file: String
    @OptionGroup(title: "What opens it") var way: BackupWay
    @Flag(help: "Put it in the place of the vault that is there, which is kept beside it.") var replace = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try BackupRestore.execute(file, way, replace: replace, json: json, session)
    }
}
