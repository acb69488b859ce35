/// Signing a whole request, as AWS wants it (Signature Version 4).
package struct RequestSignature: Sendable {
    package let keyID: Template
    /// The field with the secret key.
    package let secret: String
    /// The field with the session token, which a temporary key has.
    package let token: String?
    /// What counts when the host does not name a region itself.
    package let region: Template
    package let service: String
}

/// A token signed with the key in a service account's file, which goes into a form as `assertion` (RFC 7523).
package struct ServiceAccount: Sendable {
    /// The field with the file.
    package let json: String
    package let audience: Template
}

/// Fields for the TLS connection; each counts when it has a value.
package struct TLSFields: Hashable, Sendable {
    /// Certificates to believe instead of the system's.
    package let authority: String?
    package let certificate: String?
    package let key: String?
}
