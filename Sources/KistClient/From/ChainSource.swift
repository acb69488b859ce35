/// Several sources in a row: *not here* goes on to the next one, *failed* stops.
///
/// ```swift
/// let provider: some CredentialProvider = .chain(.environment, .file("/run/secrets"), .agent)
/// ```
///
/// The error of a source that failed lists the ones that were asked before it (``CredentialError/before``).
public struct ChainSource: CredentialProvider {
    private let sources: [any CredentialProvider]

    /// A chain of any number of sources. One without sources has nothing.
    public init(_ sources: [any CredentialProvider]) { self.sources = sources }

    /// The names of its sources.
    public var sourceName: String { sources.map(\.sourceName).joined(separator: ", ") }

    /// What the first source that has it gives; `nil` when none has it.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        for (index, source) in sources.enumerated() {
            do throws(CredentialError) {
                if let found = try await source.credential(for: request) { return found }
            } catch {
                var error = error
                error.before = sources[..<index].map(\.sourceName) + error.before
                throw error
            }
        }
        return nil
    }
}

extension CredentialProvider {
    /// Asks one source after the other until one has the credential.
    public static func chain<each Source: CredentialProvider>(
        _ sources: repeat each Source
    ) -> ChainSource where Self == ChainSource {
        var list: [any CredentialProvider] = []
        for source in repeat each sources { list.append(source) }
        return ChainSource(list)
    }
}

extension CredentialProvider where Self == ChainSource {
    /// What most programs want: the environment (`kist run`), a bundle where `KIST_BUNDLE` names one, then the vault.
    public static var standard: ChainSource {
        ChainSource([EnvironmentSource.shared, BundleSource.shared, AgentSource.shared])
    }
}
