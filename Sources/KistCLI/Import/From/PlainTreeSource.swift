/// JSON and YAML of no known program, and what `sops -d` prints: values at the top are variables, a map of values is a
/// credential, a list of maps with names too.
enum PlainTreeSource {
    static func read(_ root: TreeNode, into foreign: inout Foreign) throws(Failure) {
        if let sops = root["sops"], sops["mac"] != nil {
            throw Failure.usage(
                "this file is encrypted by sops", advice: ["sops -d FILE | kist import - --from yaml   (or json)"])
        }
        if root.isList {
            for (index, item) in root.items.enumerated() { entry(item, nil, "item \(index + 1)", &foreign) }
            return
        }
        for (name, node) in root.children {
            if let value = node.value {
                foreign.variables.append(.init(name: name, place: name, value: value))
            } else if node.children.isEmpty {
                foreign.leftOut.append("left out (empty): \(name)")
            } else if node.isList {
                for (index, item) in node.items.enumerated() { entry(item, nil, "\(name) \(index + 1)", &foreign) }
            } else {
                entry(node, name, name, &foreign)
            }
        }
    }

    private static func entry(_ node: TreeNode, _ name: String?, _ place: String, _ foreign: inout Foreign) {
        let titled = ["name", "title"].first { foreign.text(node[$0]) != nil }
        guard let title = name ?? titled.flatMap({ foreign.text(node[$0]) }) else {
            foreign.leftOut.append("left out (nothing says what it is called): \(place)")
            return
        }
        var entry = Foreign.Entry(title: title, place: place, fields: [])
        collect(node, prefix: "", skipping: name == nil ? titled : nil, &entry, foreign)
        foreign.entries.append(entry)
    }

    private static func collect(
        _ node: TreeNode, prefix: String, skipping: String?, _ entry: inout Foreign.Entry, _ foreign: borrowing Foreign
    ) {
        for (name, child) in node.children where name != skipping {
            let field = prefix + ForeignName.field(name)
            if child.value != nil {
                guard !entry.fields.contains(where: { $0.name == field }),
                    let found = foreign.field(field, child)
                else { continue }
                entry.fields.append(found)
            } else {
                collect(child, prefix: field + ".", skipping: nil, &entry, foreign)
            }
        }
    }
}
