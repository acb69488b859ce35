internal import KistModel
internal import KistPosix
internal import KistProtocol

/// The vault of this user, through its running agent.
///
/// The agent hands a credential to whom the vault is open for, writes it down first (`kist audit`), and asks a person
/// where the policy says so. Nothing is started and nobody is asked for a passphrase here: a vault that is locked is
/// ``CredentialError/Reason/locked``, and a machine without a vault has nothing. A service that runs without a person
/// is better off with a bundle (``BundleSource``).
///
/// Requests share a few open connections, which last as long as a copy of this value. Safe to use from any number of
/// tasks; a cancelled one gets its error at once.
public struct AgentSource: CredentialProvider {
    static let shared = AgentSource()

    private let pool: AgentPool
    private let profile: String?

    /// - Parameters:
    ///   - vault: the vault's file; without it `KIST_VAULT`, else the usual place.
    ///   - profile: for requests that name none; without it `KIST_PROFILE`, else `default`.
    ///   - deadline: how long to wait for an answer, a person's included, who has a minute to agree.
    public init(vault: String? = nil, profile: String? = nil, deadline: Duration = .seconds(90)) {
        self.init(profile: profile, deadline: deadline) { () throws(ClientError) in
            try Places.fromEnvironment(vault: vault)
        }
    }

    /// - Parameter places: worked out whenever a connection is opened.
    package init(
        profile: String? = nil, deadline: Duration = .seconds(90),
        places: @escaping @Sendable () throws(ClientError) -> Places
    ) {
        pool = AgentPool(deadline: deadline, places: places)
        self.profile = profile ?? Environment.value("KIST_PROFILE").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `agent`.
    public var sourceName: String { AgentWords.source }

    /// What the vault holds under that name; `nil` when it holds none, or when there is no vault.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        let want = Want(
            profile: try request.checkedProfile(profile, sourceName), name: try request.checkedName(sourceName))
        return try await pool.credential(
            RevealRequest(wants: [want], purpose: .provider, reason: request.reason.map(Self.reason)))
    }

    /// Free text travels in a header, which has a limit.
    private static func reason(_ text: String) -> String { String(text.unicodeScalars.prefix(256)) }
}

extension CredentialProvider where Self == AgentSource {
    /// The vault of this user, through its running agent.
    public static var agent: AgentSource { .shared }

    /// Another vault or profile than the environment says, or another patience.
    public static func agent(
        vault: String? = nil, profile: String? = nil, deadline: Duration = .seconds(90)
    ) -> AgentSource {
        AgentSource(vault: vault, profile: profile, deadline: deadline)
    }
}
