import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol

/// Looks whether what a running program has of its credentials was changed: a field, a value, the expiry. Notes (a policy, a
/// bundle, a refusal) are revisions too, and none of its business. It asks for the vault's generation, which is
/// nothing secret and does not count as use: a vault that nobody uses still locks itself.
final class RevisionWatch: RelayWatch {
    private let session: Session
    private let action: WatchAction
    private let credentials: [NamedRequest]
    private let renew: (AgentConnection) throws(Failure) -> Injection
    private var connection: AgentConnection?
    private var generation: UInt64?
    private var revisions: [NamedRequest: UInt64] = [:]
    private var nextLook: Int64 = 0
    private var failedAt: UInt64?
    /// When the program is ended by force.
    private var deadline: Int64?
    /// What the program is started anew with; `nil` when its end is its own.
    var next: Injection?
    /// For a program that is told by a signal and whose output is masked.
    var masking: Masking?

    static let interval: Int32 = 1_000
    /// Seconds that a program has to end when it is restarted.
    private static let patience: Int64 = 10

    /// - Parameters:
    ///   - revisions: what the program has now.
    ///   - renew: what it would be started with now. It must not ask anybody anything.
    init(
        _ session: Session, _ action: WatchAction, revisions: [NamedRequest: UInt64],
        connection: AgentConnection?, renew: @escaping (AgentConnection) throws(Failure) -> Injection
    ) {
        self.session = session
        self.action = action
        self.revisions = revisions
        credentials = Array(revisions.keys)
        self.connection = connection
        self.renew = renew
    }

    var milliseconds: Int32 { Self.interval }

    func look(_ program: RelayedProgram) -> WatchNews? {
        let now = BootClock.nanoseconds
        if let deadline {
            if now > deadline { program.send(SIGKILL) }
            return nil
        }
        guard now >= nextLook else { return nil }
        nextLook = now + Int64(Self.interval) * 900_000
        guard let agent = agent() else { return nil }
        do throws(ClientError) {
            let status = try agent.status()
            guard status.state == .unlocked, let current = status.generation, current != generation,
                current != failedAt
            else { return nil }
            let changed = try self.changed(agent)
            guard let first = changed.first else {
                generation = current
                return nil
            }
            return act(agent, first, current, program)
        } catch {
            // Locked, gone or busy: the program goes on with what it has.
            if error.kind == nil { connection = nil }
            return nil
        }
    }

    /// The program's new start, once the former one has ended.
    func began() { deadline = nil }

    private func agent() -> AgentConnection? {
        if let connection { return connection }
        connection = try? AgentConnection.open(places: session.places, mode: .noStart)
        return connection
    }

    private func changed(_ agent: AgentConnection) throws(ClientError) -> [NamedRequest] {
        var changed: [NamedRequest] = []
        for credential in credentials {
            do throws(ClientError) {
                let now = try agent.show(profile: credential.profile, name: credential.name).valuesRevision
                if now > revisions[credential] ?? 0 { changed.append(credential) }
            } catch {
                // One that was removed is no new revision.
                guard error.kind == .notFound else { throw error }
            }
        }
        return changed
    }

    private func act(
        _ agent: AgentConnection, _ credential: NamedRequest, _ current: UInt64, _ program: RelayedProgram
    ) -> WatchNews {
        do throws(Failure) {
            if case .signal(let number) = action {
                try note(agent, current)
                // The mask comes first: told, the program may fetch the value and print it at once.
                var news = WatchNews(text: "\(credential.name) has changed; the program was told")
                do throws(Failure) { news.masked = try masking?.renewed(agent) } catch {
                    let text = "\(news.text), but the new value is not masked: \(error.message)"
                    news = WatchNews(text: text)
                }
                program.send(number)
                return news
            }
            next = try renew(agent)
            try note(agent, current)
        } catch {
            failedAt = current
            return WatchNews(
                text: "\(credential.name) has changed, but the program was not restarted: \(error.message)")
        }
        deadline = BootClock.nanoseconds + Self.patience * 1_000_000_000
        program.send(SIGTERM)
        program.send(SIGCONT)
        return WatchNews(text: "\(credential.name) has changed; the program is restarted")
    }

    private func note(_ agent: AgentConnection, _ current: UInt64) throws(Failure) {
        for credential in credentials {
            do throws(ClientError) {
                revisions[credential] = try agent.show(profile: credential.profile, name: credential.name).revision
            } catch  where error.kind == .notFound { continue } catch {
                throw Advice.failure(error, vault: session.shownVault)
            }
        }
        generation = current
    }
}

/// What is looked for in the output of a program that goes on with other values than it began with.
final class Masking {
    private var sought: SoughtValues
    private let reveal: (AgentConnection) throws(Failure) -> RevealReply

    /// - Parameter reveal: asks for the present values.
    init(sought: consuming SoughtValues, reveal: @escaping (AgentConnection) throws(Failure) -> RevealReply) {
        self.sought = sought
        self.reveal = reveal
    }

    /// The former values and the present ones.
    func renewed(_ agent: AgentConnection) throws(Failure) -> MaskedValues {
        sought.add(try reveal(agent))
        return sought.mask()
    }
}
