import SecretMemory

/// The ready-made files.
enum RenderForm: String, CaseIterable {
    /// Snowflake's `connections.toml`.
    case connections
    case netrc
    /// PostgreSQL's password file.
    case pgpass
    /// `kaggle.json`.
    case kaggle
    /// The credentials file of AWS.
    case aws
    case pypirc

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    static var shown: String { allCases.map { "\($0.rawValue) (\($0.place))" }.joined(separator: ", ") }

    /// Where its readers look for it.
    var place: String {
        switch self {
        case .connections: "~/.snowflake/connections.toml"
        case .netrc: "~/.netrc, NETRC"
        case .pgpass: "~/.pgpass, PGPASSFILE"
        case .kaggle: "~/.kaggle/kaggle.json"
        case .aws: "~/.aws/credentials"
        case .pypirc: "~/.pypirc"
        }
    }

    /// Whether it can hold several credentials.
    var takesMany: Bool { self != .kaggle }
}
