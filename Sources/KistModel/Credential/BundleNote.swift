/// That a credential was sealed into a bundle: whoever has that bundle and its identity has the credential as it was then.
package struct BundleNote: Hashable, Sendable {
    /// The bundle's path when it was made, as a hint for people.
    package var label: String
    /// The text of the recipient for whom it was sealed.
    package var recipient: String
    package var sealed: Timestamp
    package var expiry: Expiry
    /// Whether the credential was changed since: the bundle holds what it was before.
    package var isStale: Bool

    /// Of one credential.
    package static let most = 16
    /// Bytes of a label.
    package static let longestLabel = 128

    package init(label: String, recipient: String, sealed: Timestamp, expiry: Expiry, isStale: Bool = false) {
        self.label = label
        self.recipient = recipient
        self.sealed = sealed
        self.expiry = expiry
        self.isStale = isStale
    }
}
