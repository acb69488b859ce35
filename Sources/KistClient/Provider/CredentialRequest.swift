internal import KistModel

/// Which credential is wanted.
///
/// A string literal is a request for the credential of that name:
///
/// ```swift
/// let kumo = try await provider.require("kumo")
/// let test = try await provider.require(CredentialRequest("kumo", profile: "test"))
/// ```
public struct CredentialRequest: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The credential's name: 1 to 64 bytes of `A-Z a-z 0-9 . _ -`, a letter or digit first.
    public var name: String
    /// The profile; the same letters as a name. `nil`: the one the source is made for, else `KIST_PROFILE`, else `default`.
    ///
    /// Sources that know no profiles (``EnvironmentSource``, ``FileSource``) do not answer a request that names one,
    /// unless they were made for it: a key of *test* must not be taken for one of *prod*.
    public var profile: String?
    /// The platform (`kist platform list`), for sources that store values only. `nil`: the one called like the credential.
    public var platform: String?
    /// What it is for, in a few words: it stands in the audit log of the vault, and in the question when a person has
    /// to agree. Not a secret.
    public var reason: String?

    /// A request for a credential by its name.
    public init(_ name: String, profile: String? = nil, platform: String? = nil, reason: String? = nil) {
        self.name = name
        self.profile = profile
        self.platform = platform
        self.reason = reason
    }

    /// A request for the credential of that name.
    public init(stringLiteral name: String) { self.init(name) }
}

extension CredentialRequest {
    /// The name, if it is one.
    ///
    /// - Throws: `.invalid`; the text is not repeated, it may be a secret in the wrong place.
    func checkedName(_ source: String) throws(CredentialError) -> CredentialName {
        do { return try CredentialName(name) } catch {
            throw CredentialError(.invalid, source: source, "not a credential name: \(error.rule)")
        }
    }

    /// The profile that is meant.
    func checkedProfile(_ own: String?, _ source: String) throws(CredentialError) -> ProfileName {
        guard let text = profile ?? own else { return .default }
        do { return try ProfileName(text) } catch {
            throw CredentialError(.invalid, source: source, "not a profile: \(error.rule)")
        }
    }

    /// Whether a source that knows no profiles, but was made for `own`, may answer.
    func fits(profile own: String?) -> Bool { profile == nil || profile == own }
}
