import SecretMemory

/// `~/.docker/config.json`: the logins that stand in it (base64 is no protection). Helpers hold theirs elsewhere.
enum DockerSource {
    static func read(_ root: TreeNode, into foreign: inout Foreign) throws(Failure) {
        if let store = foreign.text(root["credsStore"]) {
            foreign.leftOut.append("left out (kept by docker-credential-\(store)): the logins of credsStore")
        }
        for (host, node) in root["credHelpers"]?.children ?? [] {
            foreign.leftOut.append(
                "left out (kept by docker-credential-\(foreign.text(node) ?? "…")): \(host)")
        }
        for (address, node) in root["auths"]?.children ?? [] {
            var entry = Foreign.Entry(title: "docker-\(WebHost.of(address))", place: address, fields: [])
            if let value = node["auth"]?.value, !foreign.values.isEmpty(value) {
                guard let login = Base64.decode(foreign.values, value),
                    let mark = login.withBytes({ $0.firstIndex(of: UInt8(ascii: ":")) })
                else {
                    foreign.leftOut.append("left out (its auth is not a login): \(address)")
                    continue
                }
                let user = foreign.values.push(login.slice(0..<mark))
                let password = foreign.values.push(login.slice(mark + 1..<login.count))
                entry.fields = [
                    .init(name: "username", value: user, isSecret: false),
                    .init(name: "password", value: password, isSecret: true),
                ]
            } else if let token = foreign.field("password", node["identitytoken"], secret: true) {
                entry.fields = [
                    .init(name: "username", value: foreign.values.push(exposed: "<token>"), isSecret: false), token,
                ]
            } else {
                foreign.leftOut.append("left out (no login in it): \(address)")
                continue
            }
            let url = address.contains("://") ? address : "https://\(address)"
            entry.fields.append(.init(name: "url", value: foreign.values.push(exposed: url), isSecret: false))
            foreign.entries.append(entry)
        }
    }
}
