import KistModel

/// What `kist import` is to do.
struct ImportInput {
    /// `-` is standard input.
    var path = "-"
    /// `nil`: told from the file.
    var format: ImportFormat?
    /// The credential for variables that no platform knows.
    var rest = CredentialName.environment
    var replaces = false
    var plansOnly = false
    var asks = true
    var json = false
    var allowDangerousNames = false
}

extension CredentialName {
    /// `env`.
    static let environment: CredentialName = {
        guard let name = try? CredentialName("env") else { preconditionFailure("a plain word") }
        return name
    }()
}
