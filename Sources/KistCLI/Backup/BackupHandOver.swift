import KistClient
import KistPosix
import KistProtocol
import SecretMemory

/// Hands a backup's file to the agent, which checks it or restores it.
struct BackupHandOver: ~Copyable {
    /// What opens the backup; `nil`: the vault that is open is its vault.
    let way: WayIn?
    var factor: String?
    let file: BackupBytes
    /// The file's name, for people.
    let shown: String
    let session: Session

    /// - Throws: `Failure`; nothing was changed then.
    borrowing func run(_ request: BackupOpenRequest) throws(Failure) -> BackupSummary {
        let first = try file.bytes(at: 0)
        // Before anybody is asked for a passphrase.
        guard first.withBytes({ $0.starts(with: "KISTBACK".utf8) }) else {
            throw Failure("\(shown) is not a backup", code: ExitCode.notOpened)
        }
        var lines = BackupProgressLines(
            session.printer, request.purpose == .check ? "opening every record" : "restoring")
        lines.show(try open(request, first))
        var offset = Int64(first.count)
        while offset < file.size {
            let part = try file.bytes(at: offset, most: BackupBytes.piece)
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

    private borrowing func open(
        _ asked: BackupOpenRequest, _ first: borrowing SecretBytes
    ) throws(Failure) -> BackupProgress {
        let head = SecretSegments(first.copy())
        guard let way else {
            return try ask { (agent) throws(ClientError) in try agent.backupOpen(asked, secrets: head) }
        }
        var progress = BackupProgress(rows: 0, done: 0)
        var problem: ClientError?
        do throws(Failure) {
            _ = try session.attempt(way, factor: factor, alone: BackupAdvice.alone) {
                (proof, secrets) throws(ClientError) in
                var request = asked
                request.proof = proof
                let agent: AgentConnection
                do throws(Failure) { agent = try session.agent() } catch { throw .cannotStart(error.message) }
                do throws(ClientError) {
                    progress = try agent.backupOpen(request, secrets: secrets.appending(head))
                } catch {
                    problem = error
                    throw error
                }
            }
        } catch {
            guard let problem, let kind = problem.kind, kind != .wait, kind != .factor else { throw error }
            throw BackupAdvice.failure(problem, shown, session)
        }
        return progress
    }
}
