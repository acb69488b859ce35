/// What a check found.
package enum CheckVerdict: String, CaseIterable, Hashable, Sendable {
    /// The platform took the credential.
    case accepted
    /// The platform says that it is wrong.
    case refused
    /// It is right, but may not do this.
    case notAllowed
    /// Nothing there that could know.
    case wrongAddress
    /// Nobody can tell: the credential is not to be called bad.
    case unknown
}
