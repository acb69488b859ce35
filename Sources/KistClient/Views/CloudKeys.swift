/// Access keys of a cloud in the manner of AWS.
public struct CloudKeys: Sendable {
    /// `AKIA…` or `ASIA…`; not a secret.
    public let accessKeyID: String
    /// The secret access key.
    public let secretAccessKey: Secret
    /// With temporary keys only.
    public let sessionToken: Secret?
    /// The region to use, if one was stored.
    public let region: String?
    /// When temporary keys end.
    public let expires: Moment?

    /// - Throws: `.invalid` when there is no `access_key_id` and `secret_access_key`.
    public init(_ credential: Credential) throws(CredentialError) {
        guard let id = credential.plain("access_key_id"), let secret = credential.secret("secret_access_key") else {
            throw credential.lacks("an access key id and a secret access key")
        }
        accessKeyID = id
        secretAccessKey = secret
        sessionToken = credential.secret("session_token")
        region = credential.plain("region")
        expires = credential.expires
    }
}
