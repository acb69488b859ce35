package import KistModel
private import KistPlatforms

/// What a `kist.toml` says: which credentials the commands run in its folder need. It holds no secret.
///
/// ```toml
/// profile = "prod"
/// use = ["kumo", { name = "kumo-eu", prefix = "EU_" }]
/// [env]
/// KAFKA_PASSWORD = "kist://kafka/password"
/// [op]
/// "Private/Kumo" = "kumo"                                # op://Private/Kumo/… means fields of kumo
/// "Private/Kumo/token" = "kist://prod/kumo/api_key"      # one field by itself
/// ```
///
/// Any other key is an error: such a file can set neither trust nor commands nor paths.
package struct ProjectFile: Equatable, Sendable {
    package struct Use: Equatable, Hashable, Sendable {
        package let name: CredentialName
        /// Put before every variable name of the credential; empty for none.
        package let prefix: String

        package init(name: CredentialName, prefix: String = "") {
            self.name = name
            self.prefix = prefix
        }
    }

    package struct Variable: Equatable, Sendable {
        package let name: String
        package let reference: Reference

        package init(name: String, reference: Reference) {
            self.name = name
            self.reference = reference
        }
    }

    package var profile: ProfileName?
    package var uses: [Use] = []
    package var variables: [Variable] = []
    /// What `op://` references mean here.
    package var map = OnePasswordMap()

    package init(
        profile: ProfileName? = nil, uses: [Use] = [], variables: [Variable] = [], map: OnePasswordMap = .init()
    ) {
        self.profile = profile
        self.uses = uses
        self.variables = variables
        self.map = map
    }

    /// Whether it asks for any credential.
    package var asksForSomething: Bool { !uses.isEmpty || !variables.isEmpty }

    /// Reads the text of `path` (for messages).
    ///
    /// - Throws: `Failure` with the key that is wrong; the file's values are not repeated.
    package init(parsing text: String, path: String) throws(Failure) {
        let table: TOMLTable
        do throws(TOMLError) { table = try TOMLParser.parse(text) } catch {
            throw Failure("\(path): line \(error.line): \(error.rule)")
        }
        for key in table.keys.sorted() {
            switch key {
            case "profile":
                guard let name = table[key]?.string else { throw Failure("\(path): profile must be a text") }
                profile = try Self.named(path) { () throws(NameError) in try ProfileName(name) }
            case "use":
                guard let items = table[key]?.array else { throw Failure("\(path): use must be a list") }
                for item in items { uses.append(try Self.use(item, path)) }
            case "env":
                guard let entries = table[key]?.table else { throw Failure("\(path): env must be a table") }
                for name in entries.keys.sorted() {
                    try Self.checkVariable(name, path)
                    guard let text = entries[name]?.string else {
                        throw Failure("\(path): env.\(name) must be a reference, kist://credential/field")
                    }
                    let reference = try Self.named("\(path): env.\(name)") { () throws(NameError) in
                        try Reference(parsing: text)
                    }
                    variables.append(Variable(name: name, reference: reference))
                }
            case "op":
                guard let entries = table[key]?.table else { throw Failure("\(path): op must be a table") }
                for name in entries.keys.sorted() {
                    guard let text = entries[name]?.string else {
                        throw Failure("\(path): op.\"\(name)\" must be a credential or a kist:// reference")
                    }
                    try map.add(name, text, path: path)
                }
            default:
                throw Failure(
                    "\(path): \"\(key)\" is not known here", advice: ["Known are profile, use, [env] and [op]."])
            }
        }
        if let twice = Dictionary(grouping: uses, by: { $0 }).first(where: { $0.value.count > 1 })?.key {
            throw Failure("\(path): \(twice.name) stands twice in use")
        }
    }

    /// Only plain names that make no program run other code: nobody is asked to agree to anything else.
    private static func checkVariable(_ name: String, _ path: String) throws(Failure) {
        let isPlain = name.utf8.allSatisfy {
            (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
                || "_.-".utf8.contains($0)
        }
        guard isPlain, !name.isEmpty else {
            throw Failure("\(path): a name in [env] has a character other than letters, digits, '_', '.' and '-'")
        }
        try VariableName.check(name, source: "\(path): [env]", allowingDangerous: true)
        guard !DangerousNames.contains(name) else {
            throw Failure("\(path): env.\(name) can make programs run other code, so no kist.toml sets it")
        }
    }

    private static func use(_ item: TOMLNode, _ path: String) throws(Failure) -> Use {
        if let name = item.string {
            return Use(name: try named(path) { () throws(NameError) in try CredentialName(name) })
        }
        guard let table = item.table, let name = table["name"]?.string else {
            throw Failure("\(path): an item of use must be a name or { name = \"…\", prefix = \"…\" }")
        }
        for key in table.keys where key != "name" && key != "prefix" {
            throw Failure("\(path): \"\(key)\" is not known in an item of use")
        }
        let prefix: String
        if let value = table["prefix"] {
            guard let text = value.string, isPrefix(text) else {
                throw Failure("\(path): a prefix must be capital letters, digits and '_', such as \"EU_\"")
            }
            prefix = text
        } else {
            prefix = ""
        }
        return Use(name: try named(path) { () throws(NameError) in try CredentialName(name) }, prefix: prefix)
    }

    /// Whether `text` can stand before the name of a variable.
    package static func isPrefix(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 64, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    private static func named<R>(_ path: String, _ body: () throws(NameError) -> R) throws(Failure) -> R {
        do { return try body() } catch { throw Failure("\(path): \(error.what): \(error.rule)") }
    }

    /// The text of a new file.
    package var text: String {
        var text = "# Credentials that commands run in this folder need (kist run). No secret stands here.\n"
        if let profile { text += "profile = \"\(profile)\"\n" }
        text += "use = \(Self.list(uses))\n"
        if !variables.isEmpty {
            text += "\n[env]\n" + variables.map { "\($0.name) = \"\($0.reference)\"\n" }.joined()
        }
        if !map.entries.isEmpty { text += "\n[op]\n" + map.entries.map { "\"\($0.from)\" = \"\($0.to)\"\n" }.joined() }
        return text
    }

    /// The list as TOML.
    package static func list(_ uses: [Use]) -> String {
        let items = uses.map { use in
            use.prefix.isEmpty ? "\"\(use.name)\"" : "{ name = \"\(use.name)\", prefix = \"\(use.prefix)\" }"
        }
        return "[" + items.joined(separator: ", ") + "]"
    }
}
