private import Glibc
internal import KistModel
internal import KistPlatforms
internal import SecretMemory

/// The variables that `kist run` sets, and the platforms' own clients read: `KUMO_API_KEY` and `KUMO_URL` for `kumo`.
///
/// The platform (`kist platform show NAME`) says which variable is which field. A credential is here when its secret is
/// set; an empty variable counts as not set. What follows from others, such as Kumo's url, is filled in.
///
/// Variables have no profile, so a request that names one is answered only by a source that was made for it.
/// Do not change the environment while other tasks read it: the C library has no lock for that.
public struct EnvironmentSource: CredentialProvider {
    static let shared = EnvironmentSource()

    private let prefix: String
    private let profile: String?
    private let mapping: Mapping?
    private let plans = VariablePlans()

    private struct Mapping: Sendable {
        let name: String
        let platform: String
        let variables: [String: String]
    }

    /// The platforms' own variables.
    ///
    /// - Parameters:
    ///   - prefix: before each of them, as `prefix = "EU_"` in `kist.toml` puts it: `EU_KUMO_API_KEY`.
    ///   - profile: the profile whose credentials these are.
    public init(prefix: String = "", profile: String? = nil) {
        self.prefix = prefix
        self.profile = profile
        mapping = nil
    }

    /// Variables of your own choice for one credential.
    ///
    /// - Parameters:
    ///   - variables: the variable of each field: `["account": "SNOWFLAKE_ACCOUNT", "password": "SNOWFLAKE_PASSWORD"]`.
    ///   - name: the credential's name.
    ///   - platform: its platform, which says which of the fields are secret; all are, where it is none.
    ///   - profile: the profile whose credential it is.
    public init(_ variables: [String: String], for name: String, platform: String? = nil, profile: String? = nil) {
        prefix = ""
        self.profile = profile
        mapping = Mapping(name: name, platform: platform ?? name, variables: variables)
    }

    /// `environment`.
    public var sourceName: String { "environment" }

    /// What the variables say; `nil` when none of them that would hold its secret is set.
    public func credential(for request: CredentialRequest) async throws(CredentialError) -> Credential? {
        guard request.fits(profile: profile) else { return nil }
        if let mapping {
            guard request.name == mapping.name else { return nil }
            let plan = plans.plan(mapping.platform, mapping.name) {
                VariablePlan(mapping.variables, PlatformShelf.shared.platform(mapping.platform))
            }
            return try plan?.read(request.name, mapping.platform, request.profile ?? profile)
        }
        let platform = request.platform ?? request.name
        let plan = plans.plan(platform, request.name) {
            PlatformShelf.shared.platform(platform).map { VariablePlan($0, name: request.name, prefix: prefix) }
        }
        return try plan?.read(request.name, platform, request.profile ?? profile)
    }
}

extension CredentialProvider where Self == EnvironmentSource {
    /// The variables that `kist run` sets, and the platforms' own clients read.
    public static var environment: EnvironmentSource { .shared }

    /// The platforms' own variables with something before their names, or of one profile.
    public static func environment(prefix: String = "", profile: String? = nil) -> EnvironmentSource {
        EnvironmentSource(prefix: prefix, profile: profile)
    }

    /// Variables of your own choice for one credential: field names to variables.
    public static func environment(
        _ variables: [String: String], for name: String, platform: String? = nil, profile: String? = nil
    ) -> EnvironmentSource {
        EnvironmentSource(variables, for: name, platform: platform, profile: profile)
    }
}
