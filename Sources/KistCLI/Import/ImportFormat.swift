/// The kinds of file that `kist import` reads.
enum ImportFormat: String, CaseIterable {
    case dotenv, json, yaml, csv, kist
    case pass, gopass
    case keepass, bitwarden
    case onepassword = "1password"
    case aws, snowflake, docker, git
    case keyring

    /// Where such a file usually is, below the home folder.
    var usualPlace: String? {
        switch self {
        case .aws: ".aws/credentials"
        case .snowflake: ".snowflake/connections.toml"
        case .docker: ".docker/config.json"
        case .git: ".git-credentials"
        case .pass: ".password-store"
        case .gopass: ".local/share/gopass/stores/root"
        // It has no file.
        case .keyring: ""
        default: nil
        }
    }

    /// By the name of a file; `nil` when that does not say.
    static func guess(path: String, isFolder: Bool) -> ImportFormat? {
        if isFolder { return .pass }
        let parts = path.split(separator: "/").map { $0.lowercased() }
        let name = parts.last ?? ""
        if name == ".git-credentials" { return .git }
        if parts.suffix(2) == [".aws", "credentials"] || parts.suffix(2) == [".aws", "config"] { return .aws }
        if name == "connections.toml" || parts.suffix(2) == [".snowflake", "config.toml"] { return .snowflake }
        if name.hasSuffix(".csv") { return .csv }
        if name.hasSuffix(".xml") { return .keepass }
        if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .yaml }
        return nil
    }

    /// By the members of a JSON document.
    static func guess(_ root: TreeNode) -> ImportFormat {
        if root["kist"] != nil, root["credentials"] != nil { return .kist }
        if root["encrypted"] != nil, root["items"] != nil || root["encKeyValidation_DO_NOT_EDIT"] != nil {
            return .bitwarden
        }
        if root["accounts"]?.isList == true { return .onepassword }
        if root["auths"] != nil || root["credsStore"] != nil || root["credHelpers"] != nil { return .docker }
        return .json
    }
}
