import ArgumentParser
import KistClient
import KistProtocol

struct BackupCheckCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Open every record of a backup; change nothing.",
        discussion: """
            Needs the passphrase or recovery code that the vault had when the backup was made. No vault has to be there.

            Example:  kist backup check ~/safe/kist.backup
            """)

    @Argument(help: ArgumentHelp("The backup.", valueName: "file"), completion: .file()) var file: String
    @OptionGroup(title: "What opens it") var way: BackupWay
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        let handOver = BackupHandOver(
            way: try way.chosen(session), factor: way.factor, file: try BackupBytes.open(file), shown: file,
            session: session)
        let summary = try handOver.run(BackupOpenRequest(purpose: .check, expect: way.expectVault))
        if json {
            session.printer.json(BackupWords.json(summary, file: file, bytes: handOver.file.size))
            return ExitCode.done
        }
        session.printer.line(
            .good("✓"), Phrase(" Whole: \(BackupWords.count(summary)) as of \(summary.made); every record was opened."))
        session.printer.line(Phrase("  vault  \(summary.fingerprint)"))
        return ExitCode.done
    }
}
