/// `connections.toml`, and the `[connections.*]` of `config.toml`: connections that hold a password or a token, or name a
/// key file.
enum SnowflakeSource {
    private static let plain = ["account", "user", "role", "warehouse", "database", "schema", "host"]

    static func read(_ root: TreeNode, home: String, into foreign: inout Foreign) throws(Failure) {
        let prefix = "connections."
        let isConfig = root.children.contains { $0.name.hasPrefix(prefix) }
        for (section, node) in root.children where node.value == nil {
            guard !isConfig || section.hasPrefix(prefix) else { continue }
            let name = isConfig ? String(section.dropFirst(prefix.count)) : section
            var entry = Foreign.Entry(
                title: name == "default" || name == "snowflake" ? "snowflake" : "snowflake-\(name)",
                place: "[\(section)]", fields: [], platform: "snowflake")
            for key in plain {
                if let field = foreign.field(key, node[key], secret: false) { entry.fields.append(field) }
            }
            let authenticator = foreign.text(node["authenticator"])?.lowercased()
            if let path = foreign.text(node["private_key_file"] ?? node["private_key_path"]) {
                let file = path.hasPrefix("~/") ? home + path.dropFirst(1) : path
                let key = try SecretReader.readFile(file, what: "the key file of [\(section)]")
                entry.variant = "key-pair"
                entry.fields.append(.init(name: "private_key", value: foreign.values.push(key), isSecret: true))
                let word = node["private_key_file_pwd"] ?? node["private_key_passphrase"]
                if let field = foreign.field("private_key_passphrase", word, secret: true) {
                    entry.fields.append(field)
                }
            } else if let token = foreign.field("token", node["token"], secret: true) {
                entry.variant = authenticator == "oauth" ? "oauth" : "token"
                entry.fields.append(token)
            } else if let password = foreign.field("password", node["password"], secret: true) {
                entry.variant = "password"
                entry.fields.append(password)
            } else {
                foreign.leftOut.append("left out (no password, token or key file in it): [\(section)]")
                continue
            }
            foreign.entries.append(entry)
        }
    }
}
