package import SecretMemory

/// What a credential helper tells git. A value that could not be read back as it is, is refused.
package struct GitAnswer: ~Copyable {
    private var lines = SecretBuffer()

    package init() {}

    package mutating func login(username: String, password: borrowing SecretBytes) throws(ProviderRefusal) {
        try append("username", username)
        try append("password", password)
    }

    /// A whole header, for a client that said that it takes one.
    package mutating func header(authtype: String, credential: borrowing SecretBytes) throws(ProviderRefusal) {
        try append("capability[]", "authtype")
        try append("authtype", authtype)
        try append("credential", credential)
    }

    package mutating func expiry(_ seconds: Int64) throws(ProviderRefusal) {
        try append("password_expiry_utc", String(seconds))
    }

    package mutating func refreshToken(_ token: borrowing SecretBytes) throws(ProviderRefusal) {
        try append("oauth_refresh_token", token)
    }

    package consuming func finish() -> SecretBytes { lines.finish() }

    /// Ends git's search: no other helper is asked, and nobody at a prompt.
    package static let quit = "quit=1\n"
    /// The answer to the operation `capability`.
    package static let capabilities = "version 0\ncapability authtype\n"

    private mutating func append(_ key: String, _ value: String) throws(ProviderRefusal) {
        try WireText.check(value, key)
        lines.append("\(key)=\(value)\n")
    }

    private mutating func append(_ key: String, _ value: borrowing SecretBytes) throws(ProviderRefusal) {
        try WireText.checkSecret(value, key)
        guard key.utf8.count + 2 + value.count <= GitRequest.longestLine else {
            throw ProviderRefusal(key, "it is too long for git")
        }
        lines.append("\(key)=")
        lines.append(value)
        lines.append(10)
    }
}
