package import SecretMemory

/// What a credential provider tells cargo, a line of JSON each.
package enum CargoAnswer {
    /// The versions that are spoken; the provider goes first.
    package static let hello = "{\"v\":[1]}\n"
    package static let loggedIn = "{\"Ok\":{\"kind\":\"login\"}}\n"
    package static let loggedOut = "{\"Ok\":{\"kind\":\"logout\"}}\n"
    /// Cargo asks its next provider.
    package static let otherURL = "{\"Err\":{\"kind\":\"url-not-supported\"}}\n"
    package static let notFound = "{\"Err\":{\"kind\":\"not-found\"}}\n"
    package static let otherOperation = "{\"Err\":{\"kind\":\"operation-not-supported\"}}\n"

    /// The answer to `get`, for this one operation: publishing is written down, and agreed to, apart from reading.
    ///
    /// - Parameters:
    ///   - token: the whole value of the `Authorization` header.
    ///   - expiration: seconds since 1970; without it cargo may keep the token as long as it runs.
    package static func token(
        _ token: borrowing SecretBytes, expiration: Int64?
    ) throws(ProviderRefusal) -> SecretBytes {
        try WireText.checkSecret(token, "token")
        var json = SecretBuffer()
        json.append("{\"Ok\":{\"kind\":\"get\",\"token\":")
        guard token.withBytes({ SecretJSONText.append($0, to: &json) }) else {
            throw ProviderRefusal("token", "it is not UTF-8")
        }
        if let expiration {
            json.append(",\"cache\":\"expires\",\"expiration\":\(expiration)")
        } else {
            json.append(",\"cache\":\"session\"")
        }
        json.append(",\"operation_independent\":false}}\n")
        return json.finish()
    }

    /// A failure of another kind; cargo shows it and stops.
    package static func failure(_ message: String, causes: [String]) -> String {
        var json = SecretBuffer()
        json.append("{\"Err\":{\"kind\":\"other\",\"message\":")
        SecretJSONText.append(message, to: &json)
        json.append(",\"caused-by\":[")
        for (index, cause) in causes.enumerated() {
            if index > 0 { json.append(",") }
            SecretJSONText.append(cause, to: &json)
        }
        json.append("]}}\n")
        return json.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
