package import SecretMemory

/// What the AWS SDKs read from a `credential_process`.
package enum AWSAnswer {
    /// - Parameters:
    ///   - expiration: RFC 3339; without it the keys count as lasting.
    ///   - account: the AWS account, which botocore also reads.
    package static func keys(
        id: String, secret: borrowing SecretBytes, sessionToken: borrowing SecretBytes?, expiration: String?,
        account: String? = nil
    ) throws(ProviderRefusal) -> SecretBytes {
        try WireText.check(id, "AccessKeyId")
        var json = SecretBuffer()
        json.append("{\"Version\":1,\"AccessKeyId\":")
        SecretJSONText.append(id, to: &json)
        json.append(",\"SecretAccessKey\":")
        try append(secret, "SecretAccessKey", to: &json)
        switch sessionToken {
        case .some(let token):
            json.append(",\"SessionToken\":")
            try append(token, "SessionToken", to: &json)
        case .none: break
        }
        if let expiration {
            try WireText.check(expiration, "Expiration")
            json.append(",\"Expiration\":")
            SecretJSONText.append(expiration, to: &json)
        }
        if let account {
            try WireText.check(account, "AccountId")
            json.append(",\"AccountId\":")
            SecretJSONText.append(account, to: &json)
        }
        json.append("}\n")
        return json.finish()
    }

    private static func append(
        _ secret: borrowing SecretBytes, _ part: String, to json: inout SecretBuffer
    ) throws(ProviderRefusal) {
        try WireText.checkSecret(secret, part)
        guard secret.withBytes({ SecretJSONText.append($0, to: &json) }) else {
            throw ProviderRefusal(part, "it is not UTF-8")
        }
    }
}
