/// A tool whose questions the small program `kist-helper` answers, as long as there is nothing to it.
package enum HelperTool: String, Sendable {
    case git
    case docker
    case cargo

    /// The name under which the tool starts its helper.
    package var programName: String {
        switch self {
        case .git: "git-credential-kist"
        case .docker: "docker-credential-kist"
        case .cargo: "cargo-credential-kist"
        }
    }

    /// The tool that starts its helper under this name. Without a table of them: such a start is to be short.
    package init?(program name: String) {
        switch name {
        case "git-credential-kist": self = .git
        case "docker-credential-kist": self = .docker
        case "cargo-credential-kist": self = .cargo
        default: return nil
        }
    }
}
