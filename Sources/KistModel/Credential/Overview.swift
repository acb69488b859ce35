/// Everything about a credential but its secrets: what listing, searching and expiry need. Sealed at rest, apart
/// from the secret part, so that a list never opens a secret.
package struct Overview: Hashable, Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    /// The platform's name ("kumo"), the key of its data file.
    package var platform: String
    /// The platform's variant ("key-pair"), when it has variants.
    package var variant: String?
    /// The plain fields with their values, in the platform's order.
    package var plain: [PlainField]
    /// The names of the secret fields, in the order in which they are stored.
    package var secrets: [FieldName]
    package var expiry: Expiry
    package var created: Timestamp
    package var modified: Timestamp
    /// The generation of the vault at which this revision was written; never reused.
    package var revision: UInt64
    /// The revision whose fields, values and expiry these are, when there were only notes since: a policy, a bundle, a refusal.
    package var since: UInt64?
    /// What the user wrote about it.
    package var note: String?
    package var policy: Policy
    /// The bundles into which it was sealed, as far as this vault did it; newest last.
    package var bundles: [BundleNote]
    /// The places that refused it, newest last; it is not offered there.
    package var rejections: [Rejection]
    /// When a secret of it was handed out last, as the audit log has it; never stored with the credential.
    package var lastUsed: Timestamp?

    package init(
        profile: ProfileName, name: CredentialName, platform: String, variant: String? = nil,
        plain: [PlainField] = [], secrets: [FieldName] = [], expiry: Expiry = .never,
        created: Timestamp = Timestamp(seconds: 0), modified: Timestamp = Timestamp(seconds: 0), revision: UInt64 = 0,
        since: UInt64? = nil, note: String? = nil, policy: Policy = .allow, bundles: [BundleNote] = [],
        rejections: [Rejection] = []
    ) {
        self.profile = profile
        self.name = name
        self.platform = platform
        self.variant = variant
        self.plain = plain
        self.secrets = secrets
        self.expiry = expiry
        self.created = created
        self.modified = modified
        self.revision = revision
        self.since = since
        self.note = note
        self.policy = policy
        self.bundles = bundles
        self.rejections = rejections
    }

    /// The revision that wrote what a program gets of it.
    package var valuesRevision: UInt64 { since ?? revision }

    package func plainValue(_ field: FieldName) -> String? { plain.first { $0.name == field }?.value }
}

/// A field whose value is not secret.
package struct PlainField: Hashable, Sendable {
    package var name: FieldName
    package var value: String

    package init(name: FieldName, value: String) {
        self.name = name
        self.value = value
    }
}
