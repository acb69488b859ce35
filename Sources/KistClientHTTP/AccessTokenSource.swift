public import AsyncHTTPClient
public import KistClient
internal import KistProtocol
internal import NIOCore
internal import NIOHTTP1

/// Changes client credentials (a client id and secret) into access tokens, as RFC 6749 section 4.4 says.
///
/// ```swift
/// let tokens: some CredentialProvider = .refreshing(
///     .accessTokens(.standard, for: "https://api.prod.kaskada.com", through: client))
/// try await request.authorize(with: tokens, as: "kaskada")        // Authorization: Bearer eyJ…
/// ```
///
/// Each request is one call of the token endpoint, so hold what it gives with `RefreshingSource`, which renews a token
/// shortly before its end. The client secret goes to its token endpoint only, a token to the one address that was named.
public struct AccessTokenSource: CredentialProvider {
    private let base: any CredentialProvider
    private let audience: String
    private let client: HTTPClient
    private let timeout: Duration
    /// Bytes of an answer that are read.
    private static let longest = 64 << 10

    /// - Parameters:
    ///   - base: the source of the client credentials.
    ///   - address: the `https` address that the tokens are for; other hosts never see one.
    ///   - client: makes the call; one that follows no redirects, please.
    ///   - timeout: for the call of the token endpoint.
    public init(
        _ base: any CredentialProvider, for address: String, through client: HTTPClient,
        timeout: Duration = .seconds(10)
    ) {
        self.base = base
        audience = address
        self.client = client
        self.timeout = timeout
    }

    /// That of the source of the client credentials.
    public var sourceName: String { base.sourceName }

    /// An access token, as a key of platform `http-api-key`; `nil` when the source does not have the client credentials.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        guard let found = try await base.credential(for: request) else { return nil }
        let answer = try await ask(try TokenCall.request(ClientCredentials(found), found.name))
        return Credential(
            found.name, profile: found.profile, platform: "http-api-key", expires: answer.expires,
            fields: [
                .plain("url", audience), .plain("header", "Authorization"), .plain("prefix", answer.type),
                .secret("key", answer.token),
            ])
    }

    private func ask(_ request: HTTPClientRequest) async throws(CredentialError) -> TokenAnswer {
        let body: [UInt8]
        let status: UInt
        do {
            let seconds = timeout.components.seconds
            let response = try await client.execute(request, timeout: .seconds(max(1, seconds)))
            status = response.status.code
            var buffer = try await response.body.collect(upTo: Self.longest)
            body = buffer.readBytes(length: buffer.readableBytes) ?? []
        } catch {
            if Task.isCancelled {
                throw CredentialError(.cancelled, source: Self.source, "the task was cancelled")
            }
            // An error of the client names the call, never what was in it; its text is left out all the same.
            throw CredentialError(.unavailable, source: Self.source, "the token endpoint could not be asked")
        }
        return try TokenAnswer(status: status, body: body)
    }

    static let source = "token endpoint"
}

extension CredentialProvider {
    /// Changes the client credentials that `base` gives into access tokens for one address.
    public static func accessTokens<Base: CredentialProvider>(
        _ base: Base, for address: String, through client: HTTPClient
    ) -> AccessTokenSource where Self == AccessTokenSource {
        AccessTokenSource(base, for: address, through: client)
    }
}
