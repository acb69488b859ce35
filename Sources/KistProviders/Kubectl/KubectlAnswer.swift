package import SecretMemory

/// An `ExecCredential` with a token, or with a certificate and its key.
package struct KubectlAnswer: ~Copyable {
    private var json = SecretBuffer(capacity: 1_024)

    /// - Parameters:
    ///   - version: as asked.
    ///   - expiration: RFC 3339.
    package init(version: String, expiration: String?) throws(ProviderRefusal) {
        try WireText.check(version, "apiVersion")
        json.append("{\"apiVersion\":")
        SecretJSONText.append(version, to: &json)
        json.append(",\"kind\":\"ExecCredential\",\"status\":{")
        if let expiration {
            try WireText.check(expiration, "expirationTimestamp")
            json.append("\"expirationTimestamp\":")
            SecretJSONText.append(expiration, to: &json)
            json.append(",")
        }
    }

    package consuming func token(_ token: borrowing SecretBytes) throws(ProviderRefusal) -> SecretBytes {
        try WireText.checkSecret(token, "token")
        json.append("\"token\":")
        return try finish(token, "token")
    }

    /// Both in PEM form: their line breaks are the only control characters that any field may have.
    package consuming func certificate(
        _ certificate: borrowing SecretBytes, key: borrowing SecretBytes
    ) throws(ProviderRefusal) -> SecretBytes {
        try Self.checkPEM(certificate, "client_certificate")
        try Self.checkPEM(key, "client_key")
        json.append("\"clientCertificateData\":")
        guard certificate.withBytes({ SecretJSONText.append($0, to: &json) }) else {
            throw ProviderRefusal("client_certificate", "it is not UTF-8")
        }
        json.append(",\"clientKeyData\":")
        return try finish(key, "client_key")
    }

    private consuming func finish(_ last: borrowing SecretBytes, _ part: String) throws(ProviderRefusal) -> SecretBytes
    {
        guard last.withBytes({ SecretJSONText.append($0, to: &json) }) else {
            throw ProviderRefusal(part, "it is not UTF-8")
        }
        json.append("}}\n")
        return json.finish()
    }

    private static func checkPEM(_ secret: borrowing SecretBytes, _ part: String) throws(ProviderRefusal) {
        try secret.withBytes { (bytes) throws(ProviderRefusal) in
            guard bytes.starts(with: "-----BEGIN ".utf8) else { throw ProviderRefusal(part, "it is not PEM") }
            for line in bytes.split(separator: 10) {
                let text = line.last == 13 ? line.dropLast() : line
                try WireText.checkSecret(UnsafeRawBufferPointer(rebasing: text), part)
            }
        }
    }
}
