private import KistPosix

/// Where things are for this user: the vault, the agent's socket, what was seen before.
package struct Places: Hashable, Sendable {
    /// The vault file (it need not exist yet). Absolute.
    package var vault: String
    /// Folder of the agent's socket; `nil` when there is none, and agents are private then.
    package var runtime: String?
    /// Folder of anchors and trust.
    package var state: String
    /// Folder of the user's own platforms and settings.
    package var config: String
    /// The user's home folder.
    package var home: String

    package init(vault: String, runtime: String?, state: String, config: String, home: String) {
        self.vault = vault
        self.runtime = runtime
        self.state = state
        self.config = config
        self.home = home
    }

    /// Works them out from the environment (`KIST_VAULT`, `XDG_*`, `HOME`), else from the user's entry in the system.
    ///
    /// - Parameters:
    ///   - vault: `--vault`, which goes before `KIST_VAULT`.
    ///   - environment: usually `Environment.value`.
    /// - Throws: `ClientError.noPlace`.
    package static func fromEnvironment(
        vault: String? = nil, _ environment: (String) -> String? = { Environment.value($0) }
    ) throws(ClientError) -> Places {
        throw .noPlace("not yet")
    }
}
