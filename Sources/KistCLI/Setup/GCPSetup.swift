internal import KistModel
internal import KistPlatforms

/// A file for Google's client libraries that says where a subject token comes from. It holds no secret.
enum GCPSetup: ToolSetup {
    static let name = "gcp"
    static let abstract = "a file of Google's workload identity: kist setup gcp NAME [--as FILE]"
    static let example = "kist setup gcp cloud"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        guard place.words.count == 1 else { throw Failure.usage("which credential?", advice: [example]) }
        let name = try Read.credential(place.words[0])
        _ = try place.plainName(name, "a file's name")
        let path = file(place)
        if undo {
            return [
                try place.edit(path) { (text) throws(Failure) in
                    try check(text, " provider gcp \(name)\"", path)
                    return nil
                }
            ]
        }
        let overview = try place.overview(name)
        guard overview.platform == GCPProvider.platform else {
            throw Failure("\(name) is no workload identity", advice: ["make one:  kist add \(GCPProvider.platform)"])
        }
        func value(_ field: String) throws(Failure) -> String? { overview.plainValue(try Read.field(field)) }
        guard let audience = try value("audience"), let type = try value("subject_token_type"),
            let url = try value("token_url")
        else { throw Failure("\(name) has no audience") }
        let json = TemplateEncoding.json
        var lines = [
            "  \"type\": \"external_account\",", "  \"audience\": \(json.encode(audience)),",
            "  \"subject_token_type\": \(json.encode(type)),", "  \"token_url\": \(json.encode(url)),",
        ]
        if let account = try value("service_account") {
            let address =
                "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
                + "\(TemplateEncoding.url.encode(account)):generateAccessToken"
            lines.append("  \"service_account_impersonation_url\": \(json.encode(address)),")
        }
        guard !place.program.contains(" ") else {
            throw Failure("the path of kist has a blank, and Google's libraries split commands at blanks")
        }
        let command = json.encode("\(place.program) provider gcp \(name)")
        lines.append(
            source + "\(command), \"timeout_millis\": 30000}}")
        let text = (["{"] + lines + ["}"]).joined(separator: "\n") + "\n"
        return [
            try place.edit(path) { (before) throws(Failure) in
                try check(before, " provider gcp ", path)
                return text
            }
        ]
    }

    /// A file of somebody else's is neither written over nor taken away.
    private static func check(_ text: String, _ command: String, _ path: String) throws(Failure) {
        let ours = [
            "  \"type\": \"external_account\",", "  \"audience\": ", "  \"subject_token_type\": ", "  \"token_url\": ",
            "  \"service_account_impersonation_url\": ", source,
        ]
        let lines = text.split(separator: "\n")
        guard lines.allSatisfy({ line in line == "{" || line == "}" || ours.contains { line.hasPrefix($0) } }),
            lines.isEmpty || lines.contains(where: { $0.hasPrefix(source) && $0.contains(command) })
        else {
            throw Failure(
                "\(path) is not what Kist has written for it", advice: ["another file:  --as NAME"])
        }
    }

    private static let source = "  \"credential_source\": {\"executable\": {\"command\": "

    static func notes(_ place: SetupPlace) -> [String] {
        [
            "export GOOGLE_APPLICATION_CREDENTIALS=\(file(place))",
            "export GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1",
        ]
    }

    private static func file(_ place: SetupPlace) -> String {
        "\(place.folder("XDG_CONFIG_HOME", ".config"))/kist/gcp/\(place.name ?? place.words[0]).json"
    }
}
