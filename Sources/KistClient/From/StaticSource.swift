/// Credentials that are there already: for tests and previews.
///
/// ```swift
/// let provider: some CredentialProvider = .static(
///     Credential("kumo", fields: [.secret("api_key", "demo:s3cr3t"), .plain("url", "http://127.0.0.1:8080/api")]))
/// ```
public struct StaticSource: CredentialProvider {
    private let credentials: [Credential]

    /// A source that has these credentials and no others; of several with one name, the first.
    public init(_ credentials: [Credential]) { self.credentials = credentials }

    /// `static`.
    public var sourceName: String { "static" }

    /// The one of that name; `nil` when there is none.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        credentials.first { $0.name == request.name && (request.profile == nil || $0.profile == request.profile) }
    }
}

extension CredentialProvider where Self == StaticSource {
    /// Credentials that are there already: for tests and previews.
    public static func `static`(_ credentials: Credential...) -> StaticSource { StaticSource(credentials) }
}
