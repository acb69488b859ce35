import KistClient
import KistModel
import KistPosix
import KistProtocol

/// What is looked for in the output of a program that goes on with other values than it began with.
///
/// While it asks, nothing of the program is passed on, no key and no signal: it never waits for a person, and not long for
/// the agent.
final class Masking {
    /// Asks for the present values of one credential, in so many seconds.
    typealias Asking = (AgentConnection, NamedRequest, Int) throws(ClientError) -> RevealReply

    /// Why a new value is not looked for.
    enum Problem {
        /// A person would have to agree, who is asked soon enough when the program fetches the value.
        case asks(CredentialName)
        case failed(ClientError)
    }

    /// Seconds for all credentials that changed.
    static let patience = 5

    private var sought: SoughtValues
    private let reveal: Asking
    /// Of which it was said that they are not masked because a person would be asked; once is enough.
    private var said: Set<NamedRequest> = []

    init(sought: consuming SoughtValues, reveal: @escaping Asking) {
        self.sought = sought
        self.reveal = reveal
    }

    /// - Parameter changed: the credentials that have other values now.
    /// - Returns: the former values and the present ones; what of these could not be had; and whether an answer may still come on
    ///   the connection, which is of no use then.
    func renewed(
        _ agent: AgentConnection, _ changed: [Overview]
    ) -> (masked: MaskedValues?, problems: [Problem], isLineLost: Bool) {
        let end = BootClock.nanoseconds + Int64(Self.patience) * 1_000_000_000
        var problems: [Problem] = []
        var hasNew = false
        for overview in changed {
            let credential = NamedRequest(overview)
            guard overview.policy != .confirm else {
                if said.insert(credential).inserted { problems.append(.asks(overview.name)) }
                continue
            }
            let left = Int(max(1, (end - BootClock.nanoseconds) / 1_000_000_000))
            do throws(ClientError) {
                sought.add(try reveal(agent, credential, left))
                hasNew = true
            } catch {
                problems.append(.failed(error))
                guard error.kind == nil else { continue }
                return (hasNew ? sought.mask() : nil, problems, true)
            }
        }
        return (hasNew ? sought.mask() : nil, problems, false)
    }
}
