/// Credentials of Snowflake, whichever of the four ways they prove who asks.
public struct SnowflakeCredentials: Sendable {
    /// How Snowflake is shown who asks.
    public enum Proof: Sendable {
        /// The password of ``SnowflakeCredentials/user``.
        case password(Secret)
        /// A private key in PEM form (PKCS#8), and the passphrase that it is encrypted with, if it is.
        case keyPair(privateKey: Secret, passphrase: Secret?)
        /// A programmatic access token.
        case programmaticToken(Secret)
        /// An OAuth access token.
        case oauthToken(Secret)
    }

    /// `<organisation>-<account>`, without `.snowflakecomputing.com`.
    public let account: String
    /// Tokens go without one.
    public let user: String?
    /// How Snowflake is shown who asks.
    public let proof: Proof
    /// `https://<account>.snowflakecomputing.com`, or what was stored instead.
    public let url: String
    /// The role to take, if one was stored.
    public let role: String?
    /// The warehouse to use, if one was stored.
    public let warehouse: String?
    /// The database to use, if one was stored.
    public let database: String?
    /// The schema to use, if one was stored.
    public let schema: String?

    /// - Throws: `.invalid` when there is no account, or none of the four.
    public init(_ credential: Credential) throws(CredentialError) {
        guard let account = credential.plain("account") else { throw credential.lacks("an account") }
        if let key = credential.secret("private_key") {
            proof = .keyPair(privateKey: key, passphrase: credential.secret("private_key_passphrase"))
        } else if let password = credential.secret("password") {
            proof = .password(password)
        } else if let token = credential.secret("token") {
            proof = credential.variant == "oauth" ? .oauthToken(token) : .programmaticToken(token)
        } else {
            throw credential.lacks("a password, a private key or a token")
        }
        self.account = account
        user = credential.plain("user")
        url = credential.plain("url") ?? "https://\(account).snowflakecomputing.com"
        role = credential.plain("role")
        warehouse = credential.plain("warehouse")
        database = credential.plain("database")
        schema = credential.plain("schema")
    }
}
