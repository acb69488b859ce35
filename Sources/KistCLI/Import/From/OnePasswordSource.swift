/// `export.data`, the document within a 1PUX export of 1Password.
enum OnePasswordSource {
    static func read(_ root: TreeNode, into foreign: inout Foreign) throws(Failure) {
        for account in root["accounts"]?.items ?? [] {
            for vault in account["vaults"]?.items ?? [] {
                let name = foreign.text(vault["attrs"]?["name"]) ?? "vault"
                for item in vault["items"]?.items ?? [] { read(item["item"] ?? item, vault: name, into: &foreign) }
            }
        }
    }

    private static func read(_ item: TreeNode, vault: String, into foreign: inout Foreign) {
        let overview = item["overview"]
        let title = foreign.text(overview?["title"]) ?? ""
        let place = "\(vault)/\(title)"
        guard foreign.text(item["state"]) != "archived", foreign.text(item["trashed"]) != "true" else {
            foreign.leftOut.append("left out (archived): \(place)")
            return
        }
        var entry = Foreign.Entry(title: title, place: place, fields: [])
        func add(_ field: Foreign.Field?) {
            guard let field, !entry.fields.contains(where: { $0.name == field.name }) else { return }
            entry.fields.append(field)
        }
        let details = item["details"]
        for login in details?["loginFields"]?.items ?? [] {
            switch foreign.text(login["designation"]) {
            case "username": add(foreign.field("username", login["value"], secret: false))
            case "password": add(foreign.field("password", login["value"], secret: true))
            default: break
            }
        }
        add(foreign.field("password", details?["password"], secret: true))
        add(foreign.field("url", overview?["url"], secret: false))
        for section in details?["sections"]?.items ?? [] {
            for field in section["fields"]?.items ?? [] {
                let name = ForeignName.field(foreign.text(field["title"]) ?? foreign.text(field["id"]) ?? "field")
                guard let (kind, value) = field["value"]?.children.first.map({ ($0.name, $0.node) }) else { continue }
                switch kind {
                case "concealed": add(foreign.field(name, value, secret: true))
                case "totp": add(foreign.field("totp", value, secret: true))
                case "sshKey": add(foreign.field("private_key", value["privateKey"], secret: true))
                case "string", "url", "email", "phone", "menu":
                    add(foreign.field(name, value["email_address"] ?? value))
                default: break
                }
            }
        }
        add(foreign.field("notes", details?["notesPlain"], secret: true))
        foreign.entries.append(entry)
    }
}
