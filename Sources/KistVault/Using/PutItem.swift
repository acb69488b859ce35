package import KistModel

/// One credential to be written: its overview but for revision and dates, and how many secrets it has.
///
/// The secrets of all items of a batch lie in one `SecretSegments`, in order of the items and of `secrets`.
package struct PutItem: Sendable {
    package var profile: ProfileName
    package var name: CredentialName
    package var platform: String
    package var variant: String?
    package var plain: [PlainField]
    /// The names of the secret fields, in the order of their segments.
    package var secrets: [FieldName]
    package var expiry: Expiry
    package var note: String?
    /// `nil`: as it is, or `allow` for a new one. `confirm` cannot be taken away here (`Vault.setPolicy`).
    package var policy: Policy?
    /// `nil` replaces whatever is there; 0 demands that nothing is there; else the revision that must be there.
    package var ifRevision: UInt64?
    /// Nothing is written when the credential is like this already. For a write of this one item only.
    package var unlessSame = false

    package init(
        profile: ProfileName, name: CredentialName, platform: String, variant: String? = nil, plain: [PlainField] = [],
        secrets: [FieldName], expiry: Expiry = .never, note: String? = nil, policy: Policy? = nil,
        ifRevision: UInt64? = nil
    ) {
        self.profile = profile
        self.name = name
        self.platform = platform
        self.variant = variant
        self.plain = plain
        self.secrets = secrets
        self.expiry = expiry
        self.note = note
        self.policy = policy
        self.ifRevision = ifRevision
    }
}

/// Who writes, what for and when; kept with the revision.
package struct WriteNote: Sendable {
    package var who: String
    package var why: String
    package var when: Timestamp

    package init(who: String, why: String, when: Timestamp) {
        self.who = who
        self.why = why
        self.when = when
    }
}
