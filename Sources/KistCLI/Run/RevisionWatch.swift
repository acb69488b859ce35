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
    /// Milliseconds that an agent has to say what there is now: no key, no signal and no output passes meanwhile.
    private static let agentsPatience = 1_000
    /// Seconds for which an agent is left alone that did not answer in these.
    private static let rest: Int64 = 30

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
        do throws(ClientError) {
            let agent = try agent()
            guard let (current, present) = try news(agent) else { return nil }
            let changed = present.filter(isChanged)
            guard let first = changed.first else {
                generation = current
                return nil
            }
            guard case .signal(let number) = action else {
                return restart(agent, first, present, current, program)
            }
            note(present, current)
            return tell(number, agent, changed, program)
        } catch {
            // Locked, gone or busy: the program goes on with what it has.
            if error.kind == nil { connection = nil }
            if error.isLate { nextLook = BootClock.nanoseconds + Self.rest * 1_000_000_000 }
            return nil
        }
    }

    /// The program's new start, once the former one has ended.
    func began() { deadline = nil }

    private func agent() throws(ClientError) -> AgentConnection {
        if let connection { return connection }
        let opened = try AgentConnection.open(places: session.places, mode: .noStart, patience: Self.agentsPatience)
        opened.patience = AgentConnection.usual * 1_000
        connection = opened
        return opened
    }

    /// The vault's generation and what each credential is in it; `nil` when that is known, or not to be had now.
    private func news(_ agent: AgentConnection) throws(ClientError) -> (UInt64, [Overview])? {
        let usual = agent.patience
        agent.patience = Self.agentsPatience
        defer { agent.patience = usual }
        let status = try agent.status()
        guard status.state == .unlocked, let current = status.generation, current != generation, current != failedAt
        else { return nil }
        return (current, try present(agent))
    }

    /// What each credential is now; one that was removed is no new revision.
    private func present(_ agent: AgentConnection) throws(ClientError) -> [Overview] {
        var present: [Overview] = []
        for credential in credentials {
            do throws(ClientError) {
                present.append(try agent.show(profile: credential.profile, name: credential.name))
            } catch {
                guard error.kind == .notFound else { throw error }
            }
        }
        return present
    }

    private func isChanged(_ overview: Overview) -> Bool {
        overview.valuesRevision > revisions[NamedRequest(overview)] ?? 0
    }

    /// - Parameters:
    ///   - present: what was seen after the vault's generation was `current`: what changes since is seen at the next look.
    private func note(_ present: [Overview], _ current: UInt64) {
        for overview in present { revisions[NamedRequest(overview)] = overview.revision }
        generation = current
    }

    private func restart(
        _ agent: AgentConnection, _ first: Overview, _ present: [Overview], _ current: UInt64, _ program: RelayedProgram
    ) -> WatchNews {
        do throws(Failure) { next = try renew(agent) } catch {
            failedAt = current
            return WatchNews(text: "\(first.name) has changed, but the program was not restarted: \(error.message)")
        }
        note(present, current)
        deadline = BootClock.nanoseconds + Self.patience * 1_000_000_000
        program.send(SIGTERM)
        program.send(SIGCONT)
        return WatchNews(text: "\(first.name) has changed; the program is restarted")
    }

    private func tell(
        _ number: Int32, _ agent: AgentConnection, _ changed: [Overview], _ program: RelayedProgram
    ) -> WatchNews {
        var news = WatchNews(text: "\(changed[0].name) has changed; the program was told")
        // The mask comes first: told, the program may fetch the value and print it at once.
        if let masking {
            let renewed = masking.renewed(agent, changed)
            news.masked = renewed.masked
            if !renewed.problems.isEmpty {
                let why = renewed.problems.map { problem in
                    switch problem {
                    case .asks(let name): "\(name) is given out only when a person agrees (confirm)"
                    case .failed(let error): Advice.failure(error, vault: session.shownVault).message
                    }
                }
                news.text += ", but the new value is not masked: \(why.joined(separator: "; "))"
            }
            // An answer that comes late would be taken for one to another question.
            if renewed.isLineLost { connection = nil }
        }
        program.send(number)
        return news
    }
}

extension NamedRequest {
    init(_ overview: Overview) { self.init(profile: overview.profile, name: overview.name) }
}
