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
    /// A connected socket with `kist-prompter` behind it, and where that shows its questions, in words.
    package var prompter: Int32?
    package var prompterPlace: String?

    package init(
        vault: String, runtime: String? = nil, state: String? = nil, inherited: Int32? = nil, ready: Int32? = nil
    ) {
        self.vault = vault
        self.runtime = runtime
        self.state = state
        self.inherited = inherited
        self.ready = ready
    }

    /// Reads `--vault PATH [--runtime DIR] [--state DIR] [--inherited-fd N | --ready-fd N] [--prompter-fd N
    /// --prompter-place TEXT]`; paths are absolute.
    ///
    /// - Returns: `nil` for anything else.
    package init?(arguments: [String]) {
        var values: [String: String] = [:]
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard Self.names.contains(option),
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
            let prompter = descriptor("--prompter-fd"),
            inherited == nil || ready == nil
        else { return nil }
        self.init(
            vault: vault, runtime: values["--runtime"], state: values["--state"], inherited: inherited, ready: ready)
        self.prompter = prompter
        prompterPlace = values["--prompter-place"]
    }

    private static let names: Set<String> = [
        "--vault", "--runtime", "--state", "--inherited-fd", "--ready-fd", "--prompter-fd", "--prompter-place",
    ]
}
