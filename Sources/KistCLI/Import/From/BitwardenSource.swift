/// An unencrypted JSON export of Bitwarden: logins, secure notes and SSH keys.
enum BitwardenSource {
    static func read(_ root: TreeNode, into foreign: inout Foreign) throws(Failure) {
        if foreign.text(root["encrypted"]) == "true" {
            throw Failure.usage(
                "this export is encrypted",
                advice: ["Bitwarden: Tools, Export vault, file format .json", "then: kist import FILE, and remove it"])
        }
        for (index, item) in (root["items"]?.items ?? []).enumerated() {
            let title = foreign.text(item["name"]) ?? ""
            let place = "item \(index + 1)"
            var entry = Foreign.Entry(title: title, place: place, fields: [])
            switch foreign.text(item["type"]) {
            case "1":
                let login = item["login"]
                let address = login?["uris"]?.items.first?["uri"]
                entry.fields = [
                    foreign.field("username", login?["username"], secret: false),
                    foreign.field("password", login?["password"], secret: true),
                    foreign.field("url", address, secret: false),
                    foreign.field("totp", login?["totp"], secret: true),
                ].compactMap { $0 }
            case "2": break
            case "5":
                let key = item["sshKey"]
                entry.fields = [
                    foreign.field("private_key", key?["privateKey"], secret: true),
                    foreign.field("public_key", key?["publicKey"], secret: false),
                ].compactMap { $0 }
            default:
                foreign.leftOut.append("left out (a card or an identity, not a credential): \(place)")
                continue
            }
            if let notes = foreign.field("notes", item["notes"], secret: true) { entry.fields.append(notes) }
            for custom in item["fields"]?.items ?? [] {
                let name = ForeignName.field(foreign.text(custom["name"]) ?? "field")
                // 1 is a hidden field, 0 text; 2 and 3 are marks and links.
                let kind = foreign.text(custom["type"])
                guard kind == "0" || kind == "1", !entry.fields.contains(where: { $0.name == name }),
                    let field = foreign.field(name, custom["value"], secret: kind == "1" ? true : nil)
                else { continue }
                entry.fields.append(field)
            }
            foreign.entries.append(entry)
        }
    }
}
