private import Glibc
import SecretMemory

/// What `kist export --format json` writes: everything comes back as it was.
enum KistSource {
    static func read(_ root: TreeNode, into foreign: inout Foreign) throws(Failure) {
        guard foreign.text(root["kist"]) == "1" else {
            throw Failure.usage("this export is of a newer Kist", advice: ["update:  kist --version"])
        }
        for (index, item) in (root["credentials"]?.items ?? []).enumerated() {
            var entry = Foreign.Entry(
                title: foreign.text(item["name"]) ?? "", place: "credential \(index + 1)", fields: [],
                platform: foreign.text(item["platform"]), variant: foreign.text(item["variant"]),
                profile: foreign.text(item["profile"]), note: note(item["note"], foreign),
                expires: foreign.text(item["expires"]), policy: foreign.text(item["policy"]), isExact: true)
            for (name, node) in item["plain"]?.children ?? [] {
                if let field = foreign.field(name, node, secret: false) { entry.fields.append(field) }
            }
            for (name, node) in item["secrets"]?.children ?? [] {
                if let field = foreign.field(name, node, secret: true) { entry.fields.append(field) }
            }
            for (name, node) in item["base64"]?.children ?? [] {
                guard let value = node.value, let bytes = Base64.decode(foreign.values, value) else {
                    throw Failure.usage("credential \(index + 1): a value is not base64")
                }
                entry.fields.append(.init(name: name, value: foreign.values.push(bytes), isSecret: true))
            }
            foreign.entries.append(entry)
        }
    }

    private static func note(_ node: TreeNode?, _ foreign: borrowing Foreign) -> String? {
        node?.value.flatMap { foreign.values.withValue($0) { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) } }
    }
}
