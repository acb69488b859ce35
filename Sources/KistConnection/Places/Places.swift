private import KistPosix
private import KistProtocol

/// Where things are for this user: the vault, the agent's socket, what was seen before.
package struct Places: Hashable, Sendable {
    /// The vault file (it need not exist yet). Absolute.
    package var vault: String
    /// Folder of the agent's socket (`…/kist`); `nil` when there is none, and agents are private then.
    package var runtime: String?
    /// Folder of anchors and trust.
    package var state: String
    /// Folder of the user's own platforms and settings.
    package var config: String
    /// The user's home folder.
    package var home: String
    /// Where people are asked; `nil` when nobody can be.
    package var prompts: PromptPlace?

    package init(
        vault: String, runtime: String?, state: String, config: String, home: String,
        prompts: PromptPlace? = nil
    ) {
        self.vault = vault
        self.runtime = runtime
        self.state = state
        self.config = config
        self.home = home
        self.prompts = prompts
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
        // An empty or relative variable counts as unset (XDG Base Directory Specification).
        func folder(_ variable: String) -> String? {
            guard let value = environment(variable), value.utf8.first == UInt8(ascii: "/") else { return nil }
            return value
        }
        guard let home = folder("HOME") ?? Process.home else { throw .noPlace("there is no home folder") }
        var path = vault ?? ""
        if path.isEmpty { path = environment("KIST_VAULT") ?? "" }
        if path.isEmpty { path = (folder("XDG_DATA_HOME") ?? home + "/.local/share") + "/kist/vault.kist" }
        let real: String
        do { real = try Folder.realPath(of: path) } catch {
            throw .noPlace("the vault's path leads nowhere: \(error)")
        }
        return Places(
            vault: real, runtime: folder("XDG_RUNTIME_DIR").map { $0 + "/kist" },
            state: (folder("XDG_STATE_HOME") ?? home + "/.local/state") + "/kist",
            config: (folder("XDG_CONFIG_HOME") ?? home + "/.config") + "/kist", home: home,
            prompts: PromptPlace.fromEnvironment(environment))
    }

    /// The socket of the shared agent; `nil` without a runtime folder.
    ///
    /// - Throws: `ClientError.noPlace` when the path is longer than sockets can have.
    package func socket() throws(ClientError) -> String? {
        guard let runtime else { return nil }
        let path = AgentPlace.socket(inRuntime: runtime, vault: vault)
        guard path.utf8.count <= UnixSocket.longestPath else {
            throw .noPlace("the socket's path has more than \(UnixSocket.longestPath) bytes")
        }
        return path
    }
}
