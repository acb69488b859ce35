internal import KistPlatforms

/// An OAuth 2 client id and secret (RFC 6749, section 4.4): Kaskada, and every `oauth2-client-credentials`.
public struct ClientCredentials: Sendable {
    /// How the token endpoint wants the two.
    public enum Style: String, Sendable {
        /// In a header (`Authorization: Basic`), each percent-encoded first.
        case basic
        /// In the form that is posted.
        case body
        /// In JSON that is posted, as Auth0 wants it.
        case json
    }

    /// Not a secret.
    public let clientID: String
    /// The secret.
    public let clientSecret: Secret
    /// Where the two are changed into an access token: an `https` URL.
    public let tokenURL: String
    /// How they are sent there.
    public let style: Style
    /// The scope to ask for, as one text with blanks.
    public let scope: String?
    /// The audience to ask for.
    public let audience: String?

    /// - Throws: `.invalid` when there is no `client_id`, `client_secret` and token endpoint.
    public init(_ credential: Credential) throws(CredentialError) {
        let platform = PlatformShelf.shared.platform(credential.platform)
        // What the platform's own clients take by themselves is not stored.
        func value(_ field: String) -> String? {
            credential.plain(field) ?? platform?.field(named: field, variant: credential.variant)?.fallback
        }
        let host = value("auth_endpoint")
        guard let id = value("client_id"), let secret = credential.secret("client_secret"),
            let url = value("token_url") ?? host.map({ "https://\($0)/oauth/token" })
        else { throw credential.lacks("a client id, a client secret and a token endpoint") }
        clientID = id
        clientSecret = secret
        tokenURL = url
        style = value("style").flatMap { Style(rawValue: $0) } ?? (host == nil ? .basic : .json)
        scope = value("scope")
        audience = value("audience")
    }
}
