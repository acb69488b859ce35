/// The XML export of KeePass and KeePassXC. Earlier versions of entries and the recycle bin are left out.
enum KeePassSource {
    static func read(_ root: TreeNode, into foreign: inout Foreign) throws(Failure) {
        guard let file = root["KeePassFile"], let top = file["Root"] else {
            throw Failure.usage("this is XML, but no export of KeePass")
        }
        let bin = foreign.text(file["Meta"]?["RecycleBinUUID"])
        for (name, group) in top.children where name == "Group" { read(group, path: [], bin: bin, into: &foreign) }
    }

    private static func read(_ group: TreeNode, path: [String], bin: String?, into foreign: inout Foreign) {
        if let bin, foreign.text(group["UUID"]) == bin {
            foreign.leftOut.append("left out (the recycle bin)")
            return
        }
        for (name, node) in group.children {
            if name == "Entry" { entry(node, path, &foreign) }
            if name == "Group" {
                read(node, path: path + [foreign.text(node["Name"]) ?? "?"], bin: bin, into: &foreign)
            }
        }
    }

    private static func entry(_ node: TreeNode, _ path: [String], _ foreign: inout Foreign) {
        var entry = Foreign.Entry(title: "", place: "", fields: [])
        for (name, string) in node.children where name == "String" {
            guard let key = foreign.text(string["Key"]) else { continue }
            let isProtected = foreign.text(string["Value"]?["@ProtectInMemory"])?.lowercased() == "true"
            switch key {
            case "Title": entry.title = foreign.text(string["Value"]) ?? ""
            case "UserName": add(foreign.field("username", string["Value"], secret: false))
            case "Password": add(foreign.field("password", string["Value"], secret: true))
            case "URL": add(foreign.field("url", string["Value"], secret: false))
            case "Notes": add(foreign.field("notes", string["Value"], secret: true))
            case "otp": add(foreign.field("totp", string["Value"], secret: true))
            default: add(foreign.field(ForeignName.field(key), string["Value"], secret: isProtected ? true : nil))
            }
        }
        func add(_ field: Foreign.Field?) {
            guard let field, !entry.fields.contains(where: { $0.name == field.name }) else { return }
            entry.fields.append(field)
        }
        entry.place = (path + [entry.title]).joined(separator: "/")
        if let times = node["Times"], foreign.text(times["Expires"])?.lowercased() == "true" {
            entry.expires = foreign.text(times["ExpiryTime"])
        }
        foreign.entries.append(entry)
    }
}
