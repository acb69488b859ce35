/// A user name and a password.
public struct Login: Sendable {
    /// Not a secret.
    public let username: String
    /// The password.
    public let password: Secret
    /// The address it is for, where one was stored.
    public let url: String?

    /// - Throws: `.invalid` when there is no `username` (or `user`) and `password`.
    public init(_ credential: Credential) throws(CredentialError) {
        guard let username = credential.plain("username") ?? credential.plain("user"),
            let password = credential.secret("password")
        else { throw credential.lacks("a user name and a password") }
        self.username = username
        self.password = password
        url = credential.plain("url")
    }
}
