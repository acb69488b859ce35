import ArgumentParser
import KistClient
import KistPosix
import KistProtocol

/// Makes a backup, and opens every record of it before it gets its name.
enum BackupCreate {
    static func execute(_ given: String, overwriting: Bool, json: Bool, _ session: Session) throws(Failure) -> Int32 {
        let target = try BackupTarget.open(given, vault: session.places.vault, overwriting: overwriting)
        let size: Int64
        let summary: BackupSummary
        do throws(Failure) {
            try write(target, given, session)
            let written: BackupBytes
            do throws(PosixError) { written = try target.reading() } catch { throw BackupTarget.failure(given, error) }
            size = written.size
            let reading = BackupHandOver(way: nil, file: written, shown: given, session: session)
            summary = try reading.run(BackupOpenRequest(purpose: .check))
            do throws(PosixError) { try target.place() } catch { throw BackupTarget.failure(given, error) }
        } catch {
            target.drop()
            throw error
        }
        if json {
            session.printer.json(BackupWords.json(summary, file: target.path, bytes: size))
        } else {
            session.printer.line(
                .good("✓"), Phrase(" Backed up \(BackupWords.count(summary)) to \(given), \(BackupWords.size(size));"))
            session.printer.line("  read back, and every record was opened.")
            session.printer.line(
                .quiet("  It opens with \(BackupWords.ways(try session.slots())) of this vault, now and later."))
        }
        return ExitCode.done
    }

    private static func write(
        _ target: borrowing BackupTarget, _ given: String, _ session: Session
    ) throws(Failure) {
        var problem: PosixError?
        var lines = BackupProgressLines(session.printer, "backing up")
        let made = try session.ask { (agent) throws(ClientError) -> BackupSummary? in
            do throws(PosixError) { try target.empty() } catch { problem = error }
            guard problem == nil else { return nil }
            return try agent.backup { bytes, progress in
                do throws(PosixError) { try target.append(bytes) } catch { problem = error }
                lines.show(progress)
                return problem == nil
            }
        }
        if made == nil { session.reconnect() }
        if let problem { throw BackupTarget.failure(given, problem) }
        do throws(PosixError) { try target.sync() } catch { throw BackupTarget.failure(given, error) }
    }
}

struct BackupCreateCommand: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Write the whole vault, encrypted as it is, to a file.",
        discussion: """
            The vault stays in use meanwhile; the backup is its state at this moment. The file is written aside, read \
            back, every record of it is opened, and only then it gets its name.

            Example:  kist backup create ~/safe/kist.backup
                      kist backup create --overwrite /mnt/usb/kist.backup
            """)

    @Argument(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file()) var file: String
    @Flag(help: "Replace the file if there is one.") var overwrite = false
    @Flag(help: "As JSON.") var json = false
    @OptionGroup(title: "Everywhere") var shared: SharedOptions

    func execute(_ session: Session) throws(Failure) -> Int32 {
        try BackupCreate.execute(file, overwriting: overwrite, json: json, session)
    }
}
