package import SecretMemory

/// What docker reads: JSON, or on failure one of three texts that it knows, on standard output.
package enum DockerAnswer {
    package static let notFound = "credentials not found in native keychain"
    package static let noServer = "no credentials server URL"
    package static let noUsername = "no credentials username"

    /// The answer to `get`.
    package static func login(
        server: String, username: String, secret: borrowing SecretBytes
    ) throws(ProviderRefusal) -> SecretBytes {
        try WireText.check(server, "ServerURL")
        try WireText.check(username, "Username")
        try WireText.checkSecret(secret, "Secret")
        var json = SecretBuffer()
        json.append("{\"ServerURL\":")
        SecretJSONText.append(server, to: &json)
        json.append(",\"Username\":")
        SecretJSONText.append(username, to: &json)
        json.append(",\"Secret\":")
        guard secret.withBytes({ SecretJSONText.append($0, to: &json) }) else {
            throw ProviderRefusal("Secret", "it is not UTF-8")
        }
        json.append("}\n")
        return json.finish()
    }

    /// The answer to `list`: addresses with their user names.
    package static func list(_ entries: [(server: String, username: String)]) throws(ProviderRefusal) -> SecretBytes {
        var json = SecretBuffer()
        json.append("{")
        for (index, entry) in entries.enumerated() {
            try WireText.check(entry.server, "ServerURL")
            try WireText.check(entry.username, "Username")
            if index > 0 { json.append(",") }
            SecretJSONText.append(entry.server, to: &json)
            json.append(":")
            SecretJSONText.append(entry.username, to: &json)
        }
        json.append("}\n")
        return json.finish()
    }
}
