import ArgumentParser
import KistClient
import KistProtocol

enum BackupRestore {
    static func execute(
        _ file: String, recovery: Bool, replace: Bool, yes: Bool, json: Bool, _ session: Session
    ) throws(Failure) -> Int32 {
        let handOver = BackupHandOver(
            means: recovery ? .recovery : .passphrase, file: try BackupBytes.open(file), shown: file, session: session)
        let isThere = try session.state() != .absent
        guard !isThere || replace else {
            throw BackupAdvice.failure(.agent(AgentFailure(.vaultExists, "")), file, session)
        }
        if isThere, !yes { try agree(session) }
        let summary = try handOver.run(BackupOpenRequest(purpose: .restore, isReplacing: replace))
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
        session.printer.line("  Next:  kist unlock")
        return ExitCode.done
    }

    private static func agree(_ session: Session) throws(Failure) {
        guard let terminal = Terminal.open() else {
            throw Failure.usage(
                "this replaces the vault, and there is no terminal to ask", advice: ["say so:  --replace --yes"])
        }
        session.printer.flush()
        let question = "Put the backup in the place of \(session.shownVault)? That vault is kept beside it."
        guard try terminal.confirm(question) else { throw Failure("nothing was changed") }
    }
}

struct BackupRestoreCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make a vault from a backup.",
        discussion: """
            Opens with the passphrase or recovery code that the vault had when the backup was made. A vault that is there is
            never deleted: with --replace it is kept beside the new one.

            Example:  kist backup restore ~/safe/kist.backup
                      kist backup restore --replace ~/safe/kist.backup
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file()) var file: String
    @Flag(help: "Open it with the recovery code.") var recovery = false
    @Flag(help: "Put it in the place of the vault that is there, which is kept beside it.") var replace = false
    @Flag(name: [.long, .short], help: "Do not ask.") var yes = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try BackupRestore.execute(file, recovery: recovery, replace: replace, yes: yes, json: json, session)
    }
}
