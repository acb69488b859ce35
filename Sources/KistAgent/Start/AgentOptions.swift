/// How an agent is told what to serve. Only a starter gives these; no client ever names a path.
package struct AgentOptions: Hashable, Sendable {
    /// The vault's real path.
    package var vault: String
    /// Folder of the socket and of private folders.
    package var runtime: String?
    /// Folder of what this machine has seen of vaults.
    package var state: String?
    /// A connected socket: serve this one connection and end with it.
    package var inherited: Int32?
    /// A pipe that gets `R` when the socket is there, or `E` and what went wrong.
    package var ready: Int32?

    package init(
        vault: String, runtime: String? = nil, state: String? = nil, inherited: Int32? = nil, ready: Int32? = nil
    ) {
        self.vault = vault
        self.runtime = runtime
        self.state = state
        self.inherited = inherited
        self.ready = ready
    }

    /// Reads `--vault PATH [--runtime DIR] [--state DIR] [--inherited-fd N | --ready-fd N]`; paths are absolute.
    ///
    /// - Returns: `nil` for anything else.
    package init?(arguments: [String]) {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard ["--vault", "--runtime", "--state", "--inherited-fd", "--ready-fd"].contains(option),
                values[option] == nil, let value = rest.popFirst(), !value.isEmpty
            else { return nil }
            values[option] = value
        }
        func descriptor(_ option: String) -> Int32?? {
            guard let text = values[option] else { return .some(nil) }
            guard let number = Int32(text), number >= 3 else { return nil }
            return number
        }
        let paths = [values["--vault"], values["--runtime"], values["--state"]].compactMap { $0 }
        guard let vault = values["--vault"], paths.allSatisfy({ $0.utf8.first == UInt8(ascii: "/") }),
            let inherited = descriptor("--inherited-fd"), let ready = descriptor("--ready-fd"),
            inherited == nil || ready == nil
        else { return nil }
        self.init(
            vault: vault, runtime: values["--runtime"], state: values["--state"], inherited: inherited, ready: ready)
    }
}
