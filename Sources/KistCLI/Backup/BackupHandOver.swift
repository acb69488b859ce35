import KistClient
import KistPosix
import KistProtocol
import SecretMemory

/// Hands a backup's file to the agent, which checks it or restores it.
struct BackupHandOver: ~Copyable {
    /// What opens the backup; `nil`: the vault that is open is its vault.
    let means: KeyMeans?
    let file: BackupBytes
    /// The file's name, for people.
    let shown: String
    let session: Session

    /// - Throws: `Failure`; nothing was changed then.
    borrowing func run(_ request: BackupOpenRequest) throws(Failure) -> BackupSummary {
        let first = try file.bytes(at: 0)
        var lines = BackupProgressLines(
            session.printer, request.purpose == .check ? "opening every record" : "restoring")
        lines.show(try open(request, first))
        var offset = Int64(first.count)
        while offset < file.size {
            let part = try file.bytes(at: offset)
            guard part.count > 0 else { break }
            offset += Int64(part.count)
            lines.show(try ask { (agent) throws(ClientError) in try agent.backupPart(part.copy()) })
        }
        return try ask { (agent) throws(ClientError) in try agent.backupEnd() }
    }

    private borrowing func ask<R>(_ body: (AgentConnection) throws(ClientError) -> R) throws(Failure) -> R {
        let agent = try session.agent()
        do throws(ClientError) { return try body(agent) } catch { throw BackupAdvice.failure(error, shown, session) }
    }

    /// Asks for the key as often as somebody at a terminal mistypes it.
    private borrowing func open(
        _ asked: BackupOpenRequest, _ first: borrowing SecretBytes
    ) throws(Failure) -> BackupProgress {
        guard let means else {
            let segments = SecretSegments(first.copy())
            return try ask { (agent) throws(ClientError) in try agent.backupOpen(asked, secrets: segments) }
        }
        var request = asked
        request.proof = SlotProof(with: means)
        let isTyped = session.passphraseSource == .terminal
        for attempt in 1...3 {
            let secret = try BackupKey.read(means, session)
            let segments = SecretSegments(secret).appending(SecretSegments(first.copy()))
            do throws(ClientError) { return try patiently(request, segments) } catch {
                guard error.kind == .wrongKey, isTyped, attempt < 3 else {
                    throw BackupAdvice.failure(error, shown, session)
                }
                Terminal.open()?.show(BackupAdvice.notOpened.message + "\n")
            }
        }
        throw BackupAdvice.notOpened
    }

    /// The pause after a wrong key is waited out.
    private borrowing func patiently(
        _ request: BackupOpenRequest, _ segments: borrowing SecretSegments
    ) throws(ClientError) -> BackupProgress {
        let agent: AgentConnection
        do throws(Failure) { agent = try session.agent() } catch { throw .cannotStart(error.message) }
        var tries = 4
        while true {
            do throws(ClientError) { return try agent.backupOpen(request, secrets: segments) } catch {
                tries -= 1
                guard case .agent(let failure) = error, failure.kind == .wait, tries > 0 else { throw error }
                BootClock.sleep(milliseconds: Int(max(0, min(failure["milliseconds"]?.integer ?? 1_000, 10_000))))
            }
        }
    }
}

/// What opens a backup, from where the command line takes such things.
enum BackupKey {
    static func read(_ means: KeyMeans, _ session: Session) throws(Failure) -> SecretBytes {
        let what = means == .recovery ? "recovery code" : "passphrase"
        switch session.passphraseSource {
        case .descriptor(let descriptor):
            let secret = try SecretReader.readAll(descriptor, what: "the \(what)", atMost: 65_536)
            return SecretReader.withoutLineEnd(secret)
        case .file(let path): return SecretReader.withoutLineEnd(try SecretReader.readPrivateFile(path))
        case .terminal:
            guard let terminal = Terminal.open() else {
                throw Failure(
                    "there is no terminal to ask for the backup's \(what)",
                    advice: ["hand it over:  --passphrase-fd N,  KIST_PASSPHRASE_FILE=FILE (mode 0600)"],
                    code: ExitCode.locked)
            }
            session.printer.flush()
            let secret = try terminal.askSecret(
                means == .recovery ? "Recovery code of the backup: " : "Passphrase of the backup: ")
            guard secret.count > 0 else { throw Failure("nothing was entered", code: ExitCode.locked) }
            return secret
        }
    }
}
