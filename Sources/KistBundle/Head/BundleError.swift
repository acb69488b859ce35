package import KistCrypto
package import KistModel

/// Why a bundle was not made or not opened. Facts only, never a value.
package enum BundleError: Error, Hashable, Sendable {
    /// Not a bundle, cut, or changed: the phrase says which, as far as that can be told.
    case damaged(String)
    /// Written by a newer Kist.
    case newer(version: Int)
    /// Sealed by a vault that the identity does not trust.
    case foreign(VaultKey, fingerprint: String)
    /// None of its keys is for this identity.
    case notForThis
    case expired(Timestamp)
    /// A bundle like this cannot be made; the phrase names the rule.
    case invalid(String)
}
