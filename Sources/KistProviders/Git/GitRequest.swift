package import SecretMemory

/// What git tells a credential helper: lines `key=value`, ended by an empty line or the end.
///
/// Stricter than git: no control character in any value (git itself lets a carriage return through, which other helpers
/// took for a line end), and no key twice that has one meaning.
package struct GitRequest: ~Copyable, Sendable {
    /// `protocol`: "https".
    package private(set) var scheme: String?
    /// With its port, as git writes it.
    package private(set) var host: String?
    /// Only with `credential.useHttpPath`.
    package private(set) var path: String?
    package private(set) var username: String?
    package private(set) var password: SecretBytes?
    /// `password_expiry_utc`, seconds since 1970.
    package private(set) var expiry: Int64?
    package private(set) var refreshToken: SecretBytes?
    /// The scheme of the `Authorization` header ("Bearer"), of a client that has said that it understands this.
    package private(set) var authtype: String?
    /// What stands behind `authtype` in that header.
    package private(set) var credential: SecretBytes?
    /// Not to be stored.
    package private(set) var isEphemeral = false
    /// Whether the client understands `authtype` and `credential` (git 2.46 and later).
    package private(set) var takesAuthtype = false

    /// The longest line, with its end.
    package static let longestLine = 65_535
    /// The longest request.
    package static let longest = 1 << 20

    package init(_ input: borrowing SecretBytes) throws(ProviderRefusal) {
        guard input.count <= Self.longest else { throw ProviderRefusal("standard input", "it is longer than 1 MiB") }
        try input.withBytes { (bytes) throws(ProviderRefusal) in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 10) ?? bytes.count
                guard end - start < Self.longestLine else {
                    throw ProviderRefusal("standard input", "a line is too long")
                }
                if end == start { return }
                try line(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                start = end + 1
            }
        }
    }

    private mutating func line(_ line: UnsafeRawBufferPointer) throws(ProviderRefusal) {
        guard let mark = line.firstIndex(of: UInt8(ascii: "=")), mark > 0 else {
            throw ProviderRefusal("standard input", "a line is no key=value")
        }
        let key = UnsafeRawBufferPointer(rebasing: line[..<mark])
        let value = UnsafeRawBufferPointer(rebasing: line[(mark + 1)...])
        switch String(decoding: key.prefix(64), as: UTF8.self) {
        case "protocol": scheme = try once(scheme, value, "protocol")
        case "host": host = try once(host, value, "host")
        case "path": path = try once(path, value, "path")
        case "username": username = try once(username, value, "username")
        case "password":
            guard password == nil else { throw Self.twice("password") }
            password = try Self.secret(value, "password")
        case "password_expiry_utc":
            // What is no number has no meaning, as in git.
            expiry = Int64(try WireText.text(value, "password_expiry_utc", most: 64))
        case "oauth_refresh_token":
            guard refreshToken == nil else { throw Self.twice("oauth_refresh_token") }
            refreshToken = try Self.secret(value, "oauth_refresh_token")
        case "capability[]":
            if try WireText.text(value, "capability", most: 256) == "authtype" { takesAuthtype = true }
        // These mean nothing from a client that has not said that it knows them.
        case "authtype" where takesAuthtype: authtype = try once(authtype, value, "authtype")
        case "credential" where takesAuthtype:
            guard credential == nil else { throw Self.twice("credential") }
            credential = try Self.secret(value, "credential")
        case "ephemeral" where takesAuthtype: isEphemeral = Self.isTrue(try WireText.text(value, "ephemeral", most: 64))
        default:
            // Later versions of git say more. Nothing is done with it, but it must not be what a line end was hidden in.
            try WireText.checkSecret(key, "standard input")
            try WireText.checkSecret(value, "standard input")
        }
    }

    private func once(_ before: String?, _ value: UnsafeRawBufferPointer, _ part: String) throws(ProviderRefusal)
        -> String
    {
        guard before == nil else { throw Self.twice(part) }
        return try WireText.text(value, part)
    }

    private static func secret(_ value: UnsafeRawBufferPointer, _ part: String) throws(ProviderRefusal) -> SecretBytes {
        try WireText.checkSecret(value, part)
        return SecretBytes(count: value.count) { $0.copyMemory(from: value) }
    }

    private static func twice(_ part: String) -> ProviderRefusal { ProviderRefusal(part, "it is given twice") }

    private static func isTrue(_ text: String) -> Bool { ["1", "true", "yes", "on"].contains(text.lowercased()) }
}
