package import SecretMemory

/// One message of cargo to its credential provider: a line of JSON. Members of later versions are read over.
package struct CargoRequest: ~Copyable, Sendable {
    package enum Kind: Sendable {
        case get
        case login
        case logout
        /// Of a later cargo.
        case unknown
    }

    package let kind: Kind
    /// The address of the registry's index as cargo has it: "sparse+https://…/", "https://…".
    package let index: String
    /// The registry's name in cargo's configuration.
    package let registry: String?
    /// Why: "read", "publish", …
    package let operation: String?
    /// The package that is published, yanked or owned.
    package let package: String?
    /// `login`: the token, when it was given on cargo's standard input.
    package let token: SecretBytes?
    /// `login`: where a token can be made.
    package let loginURL: String?

    /// Bytes of a line.
    package static let longest = 1 << 18

    package init(_ line: UnsafeRawBufferPointer) throws(ProviderRefusal) {
        let members = try JSONMembers(line, "the request")
        guard members.word("v") == "1" else { throw ProviderRefusal("v", "only version 1 is known") }
        let kind: Kind =
            switch try members.text("kind") {
            case "get": .get
            case "login": .login
            case "logout": .logout
            case nil: throw ProviderRefusal("kind", "it is missing")
            default: .unknown
            }
        // Without it nobody knows where the token would go.
        guard let index = try members.text("registry.index-url"), !index.isEmpty else {
            throw ProviderRefusal("index-url", "it is missing")
        }
        let token = try members.secret("token")
        self.init(
            kind: kind, index: index, registry: try members.text("registry.name"),
            operation: try members.text("operation"), package: try members.text("name"), token: token,
            loginURL: try members.text("login-url"))
    }

    private init(
        kind: Kind, index: String, registry: String?, operation: String?, package: String?,
        token: consuming SecretBytes?, loginURL: String?
    ) {
        self.kind = kind
        self.index = index
        self.registry = registry
        self.operation = operation
        self.package = package
        self.token = token
        self.loginURL = loginURL
    }

    /// The address to be compared: without the kind before it and the slash behind it.
    package static func bare(_ index: String) -> String {
        var text = index[...]
        for mark in ["sparse+", "registry+"] where text.hasPrefix(mark) { text = text.dropFirst(mark.count) }
        while text.hasSuffix("/") { text = text.dropLast() }
        return String(text)
    }
}
