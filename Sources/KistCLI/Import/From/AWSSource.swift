/// `~/.aws/credentials` and `~/.aws/config`: the profiles that hold keys. Where they are no keys as AWS makes them (MinIO's
/// may be shorter), fields are called as the variables that its clients read.
enum AWSSource {
    private static let names = [
        "aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY",
        "aws_session_token": "AWS_SESSION_TOKEN", "region": "AWS_DEFAULT_REGION",
    ]
    private static let fields = [
        "AWS_ACCESS_KEY_ID": "access_key_id", "AWS_SECRET_ACCESS_KEY": "secret_access_key",
        "AWS_SESSION_TOKEN": "session_token", "AWS_DEFAULT_REGION": "region",
    ]

    static func read(_ root: TreeNode, into foreign: inout Foreign) {
        for (section, node) in root.children {
            let profile = section.hasPrefix("profile ") ? String(section.dropFirst(8)) : section
            guard node["aws_secret_access_key"] != nil else {
                foreign.leftOut.append("left out (no key in it): [\(section)]")
                continue
            }
            var entry = Foreign.Entry(
                title: profile == "default" ? "aws" : "aws-\(profile)", place: "[\(section)]", fields: [],
                platform: "aws", calls: fields)
            for (key, child) in node.children {
                guard let name = names[key] else {
                    foreign.leftOut.append("left out: \(key) of [\(section)]")
                    continue
                }
                let isSecret = key == "aws_secret_access_key" || key == "aws_session_token"
                if let field = foreign.field(name, child, secret: isSecret) { entry.fields.append(field) }
            }
            foreign.entries.append(entry)
        }
    }
}
