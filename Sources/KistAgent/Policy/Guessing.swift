internal import KistModel
internal import KistProtocol

/// Whether a value that a client brings may be compared with the stored one. The answer tells whether it was right, so that
/// somebody who is not handed the value could guess it: a PIN has ten thousand.
///
/// Where a person is asked before a value leaves, it is compared only after they have agreed to hand it to a tool, once for each
/// time: no number of tries without them. Elsewhere a tool would be handed the value itself; wrong ones are slow all the same.
struct Guessing {
    private struct Name: Hashable {
        let profile: ProfileName
        let name: CredentialName
    }

    private let most: Int64
    private let every: Int64
    /// When all wrong ones are forgotten.
    private var paid: Int64 = 0
    /// The revisions that people have agreed to hand to a tool, and that were not compared since.
    private var agreed: [Name: UInt64] = [:]

    init(_ limits: Limits) {
        most = limits.guesses
        every = limits.guessPause
    }

    /// Nanoseconds until a value may be compared again; 0 when it may. A right one ends no pause: anybody has a credential of
    /// their own whose value they know.
    func left(at now: Int64) -> Int64 { max(0, paid - now - (most - 1) * every) }

    mutating func noteWrong(at now: Int64) { paid = max(paid, now) + every }

    mutating func noteAgreed(_ overview: Overview) {
        agreed[Name(profile: overview.profile, name: overview.name)] = overview.revision
    }

    /// Whether the policy lets a value be compared with this revision now. What a person has agreed to is used up by it.
    mutating func take(_ overview: Overview) -> Bool {
        guard overview.policy.rule(for: .provider) != .pass else { return true }
        let name = Name(profile: overview.profile, name: overview.name)
        guard agreed[name] == overview.revision else { return false }
        agreed[name] = nil
        return true
    }

    /// The vault was closed. Wrong values stay counted: locking is nobody's way around the pause.
    mutating func forgetAgreed() { agreed = [:] }
}
