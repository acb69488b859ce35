package import SecretMemory

/// What Google's client libraries read from an executable that has a subject token (AIP-4117).
package enum GCPAnswer {
    package enum TokenType: String, CaseIterable, Sendable {
        case jwt = "urn:ietf:params:oauth:token-type:jwt"
        case idToken = "urn:ietf:params:oauth:token-type:id_token"
        case saml2 = "urn:ietf:params:oauth:token-type:saml2"

        /// The member that holds the token.
        var member: String { self == .saml2 ? "saml_response" : "id_token" }
    }

    /// - Parameter expiration: seconds since 1970.
    package static func token(
        _ token: borrowing SecretBytes, _ type: TokenType, expiration: Int64?
    ) throws(ProviderRefusal) -> SecretBytes {
        try WireText.checkSecret(token, "subject_token")
        var json = SecretBuffer(capacity: 1_024)
        json.append("{\"version\":1,\"success\":true,\"token_type\":\"\(type.rawValue)\"")
        if let expiration { json.append(",\"expiration_time\":\(expiration)") }
        json.append(",\"\(type.member)\":")
        guard token.withBytes({ SecretJSONText.append($0, to: &json) }) else {
            throw ProviderRefusal("subject_token", "it is not UTF-8")
        }
        json.append("}\n")
        return json.finish()
    }

    /// - Parameter code: a word.
    package static func failure(code: String, message: String) -> String {
        var json = SecretBuffer()
        json.append("{\"version\":1,\"success\":false,\"code\":")
        SecretJSONText.append(code, to: &json)
        json.append(",\"message\":")
        SecretJSONText.append(message, to: &json)
        json.append("}\n")
        return json.withBytes { String(decoding: $0, as: UTF8.self) }
    }
}
