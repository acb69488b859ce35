public import AsyncHTTPClient
public import KistClient
internal import NIOCore
internal import NIOHTTP1

extension HTTPClientRequest {
    /// Puts the headers on that show a credential to its platform: `X-API-Key`, `Authorization`, whatever it takes.
    ///
    /// ```swift
    /// var request = HTTPClientRequest(url: "https://demo.kumoai.cloud/api/v1/connectors")
    /// try await request.authorize(with: .standard, as: "kumo")
    /// let response = try await client.execute(request, timeout: .seconds(10))
    /// ```
    ///
    /// Nothing is put on a request for a host that is not the credential's, or over plain http to another machine. The
    /// check is of ``url`` as it is now: set it first. From here on the value is in ordinary memory, as all headers are.
    ///
    /// Use a client that follows no redirects (`HTTPClient.Configuration.forCredentials`): most
    /// would send a header such as `X-API-Key` on to wherever an answer points.
    ///
    /// - Parameters:
    ///   - provider: where the credential comes from.
    ///   - credential: which one.
    /// - Throws: `CredentialError`; the request is unchanged then.
    public mutating func authorize(
        with provider: some CredentialProvider, as credential: CredentialRequest
    ) async throws(CredentialError) {
        try authorize(with: try await provider.require(credential))
    }

    /// Puts the headers on that show this credential to its platform.
    ///
    /// - Throws: `CredentialError`; the request is unchanged then.
    public mutating func authorize(with credential: Credential) throws(CredentialError) {
        for header in try credential.headers(for: url) {
            guard header.isSecret || !headers.contains(name: header.name) else { continue }
            // Printable ASCII was promised, so this is never nil.
            guard let value = header.value.reveal() else { continue }
            headers.replaceOrAdd(name: header.name, value: value)
        }
    }
}

extension HTTPClient.Configuration {
    /// What a client that carries credentials should have: it follows no redirects, so no header goes to another host
    /// than the one it was meant for.
    public static var forCredentials: HTTPClient.Configuration {
        HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(10), read: .seconds(60)))
    }
}
