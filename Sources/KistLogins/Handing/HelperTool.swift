/// A tool whose questions the small program `kist-helper` answers, as long as there is nothing to it.
package enum HelperTool: String, Sendable, CaseIterable {
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
}
