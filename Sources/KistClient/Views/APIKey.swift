/// A single key that is sent along with each call: Kumo, Cloudera, Epigos, and whatever `http-api-key` was told.
///
/// ```swift
/// let key = try APIKey(await provider.require("kumo"))
/// request.setValue(key.headerValue(), forHTTPHeaderField: key.header)     // X-API-Key: demo:…
/// ```
public struct APIKey: Sendable {
    /// The key itself.
    public let key: Secret
    /// The platform's own id of the key, where it has one; not a secret.
    public let keyID: String?
    /// The customer that the key belongs to, where the platform has such; not a secret.
    public let customerID: String?
    /// The address that takes it, without a slash at its end.
    public let url: String?
    /// The header that it is sent in; `Authorization` where the platform does not say.
    public let header: String
    /// What stands before the key in that header, with its blank: `Bearer `; empty for none.
    public let prefix: String

    /// - Throws: `.invalid` when the credential has no main secret.
    public init(_ credential: Credential) throws(CredentialError) {
        guard let key = credential.main else { throw credential.lacks("a single key") }
        self.key = key
        keyID = credential.plain("key_id")
        customerID = credential.plain("customer_id")
        url = credential.plain("url")
        let known = credential.headerOf(key)
        header = known?.name ?? "Authorization"
        prefix = known?.prefix ?? "Bearer "
    }

    /// The whole value of the header, in ordinary memory from here on.
    ///
    /// - Returns: `nil` when the key is not printable ASCII, which no header can hold.
    public func headerValue() -> String? {
        guard key.withBytes({ $0.allSatisfy { (0x20...0x7E).contains($0) } }) else { return nil }
        return key.reveal().map { prefix + $0 }
    }
}

extension Credential {
    func lacks(_ what: String) -> CredentialError {
        CredentialError(.invalid, source: "credential \(name)", "it has not \(what) (platform \(platform))")
    }
}
