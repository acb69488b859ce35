internal import KistModel
internal import KistProtocol

/// What a policy says to a purpose.
enum PolicyRule: Equatable {
    case pass
    /// A person has to agree first.
    case ask
    case refuse
}

extension Policy {
    /// The one table. Every purpose stands in it, so that a new one does not compile before somebody has decided.
    func rule(for purpose: RevealRequest.Purpose) -> PolicyRule {
        switch self {
        case .allow: return .pass
        // Where a bundle is opened nobody can be asked.
        case .confirm: return purpose == .seal ? .refuse : .ask
        case .runOnly:
            switch purpose {
            // Into a program's environment, to the platform (by `curl`, which gets it through a descriptor, or by the proxy), to another
            // tool by its own protocol, or back into the vault with another field changed.
            // A bundle takes the policy along. `scan` and `compare` look at them in their own memory, and show where
            // and whether, not what.
            case .run, .check, .edit, .seal, .curl, .provider, .proxy, .scan, .compare: return .pass
            // Onto a terminal, into a file or a pipe.
            case .get, .env, .show, .export, .render: return .refuse
            }
        }
    }
}
