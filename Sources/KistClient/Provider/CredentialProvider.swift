internal import KistModel

/// Where credentials come from: the vault's agent, the environment, files, a bundle, or several of them in a row.
///
/// ```swift
/// let provider: some CredentialProvider = .chain(.environment, .agent)
/// let kumo = try await provider.require("kumo")
/// ```
///
/// A source of your own has one method. It may be asked by many tasks at once.
public protocol CredentialProvider: Sendable {
    /// The credential for `request`, or `nil` when this source does not have it (a chain asks the next one).
    ///
    /// - Throws: `CredentialError` when the source has it but cannot give it: a chain stops there, so that a locked
    ///   vault is never papered over by an older key that lies somewhere else.
    func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential?

    /// What it is called in errors: `agent`. The name of its type, if you do not say.
    var sourceName: String { get }
}

extension CredentialProvider {
    /// The name of the type.
    public var sourceName: String { String(describing: Self.self) }

    /// The credential for `request`; that no source has it is an error too.
    ///
    /// - Throws: `CredentialError`; `.notFound` names the sources that were asked.
    public func require(_ request: CredentialRequest) async throws(CredentialError) -> Credential {
        if let found = try await credential(for: request) { return found }
        // The name may be a secret that was typed in the wrong place; only a proper one is repeated.
        let name = try request.checkedName(sourceName).description
        throw CredentialError(.notFound, source: sourceName, "there is no credential \(name)")
    }
}
