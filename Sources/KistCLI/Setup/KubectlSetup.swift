internal import KistModel

/// A user in kubectl's own configuration whose credential Kist gives.
enum KubectlSetup: ToolSetup {
    static let name = "kubectl"
    static let abstract = "a user in ~/.kube/config: kist setup kubectl NAME [--as USER]"
    static let example = "kist setup kubectl cluster"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        guard place.words.count == 1 else { throw Failure.usage("which credential?", advice: [example]) }
        let credential = try Read.credential(place.words[0]).description
        let user = place.name ?? credential
        guard user.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !"\"\\#:{}[],&*?|<>=!%@`'".utf8.contains($0) }) else {
            throw Failure.usage("a user's name has letters, digits and -._ only")
        }
        let path = try file(place)
        // Whether it is there is better known now than at the first use.
        if !undo { _ = try place.overview(try Read.credential(credential)) }
        return [
            try place.edit(path) { (text) throws(Failure) in
                undo ? without(user, credential, place.program, text) : try with(user, credential, place.program, text)
            }
        ]
    }

    static func notes(_ place: SetupPlace) -> [String] {
        let user = place.name ?? place.words[0]
        return [
            "use it in the present context:  kubectl config set-context --current --user=\(user)",
            "it answers for the cluster of \(place.words[0]) alone",
        ]
    }

    /// The first file of `$KUBECONFIG`, which is the one that kubectl itself writes, else `~/.kube/config`.
    private static func file(_ place: SetupPlace) throws(Failure) -> String {
        let given = place.environment.nonEmpty("KUBECONFIG")?.split(separator: ":").first.map(String.init)
        return given ?? "\(place.home)/.kube/config"
    }

    private static func block(_ user: String, _ credential: String, _ program: String, _ indent: String) -> [String] {
        let command = program.flatMap { $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0] }
        return [
            // In quotes: YAML would read `null`, `true` or `123` as something else than a name.
            "- name: \"\(user)\"", "  user:", "    exec:", "      apiVersion: client.authentication.k8s.io/v1",
            "      command: \"\(String(command))\"", "      args:", "      - provider", "      - kubectl",
            "      - \"\(credential)\"", "      interactiveMode: IfAvailable", "      provideClusterInfo: true",
        ].map { indent + $0 }
    }

    private static func with(
        _ user: String, _ credential: String, _ program: String, _ text: String
    ) throws(Failure) -> String {
        guard text.first(where: { !$0.isWhitespace }) != "{" else {
            throw Failure(
                "that file is JSON, which is left alone",
                advice: ["kubectl config set-credentials \(user) --exec-command=\(program) …"])
        }
        var lines = text.linesByBytes
        while lines.last?.withoutReturn == "" { lines.removeLast() }
        if lines.isEmpty { lines = ["apiVersion: v1", "kind: Config"] }
        for (index, line) in lines.enumerated() where ["users: []", "users: null"].contains(line.withoutReturn) {
            lines[index] = "users:".ended(as: line)
        }
        guard let users = lines.firstIndex(where: { $0.withoutReturn == "users:" }) else {
            return (lines + ["users:"] + block(user, credential, program, "")).joined(separator: "\n") + "\n"
        }
        // As the items are that stand there: YAML wants all of a list at one depth.
        let next = users + 1 < lines.count ? lines[users + 1] : ""
        let indent = next.drop { $0 == " " }.hasPrefix("- ") ? String(next.prefix { $0 == " " }) : ""
        let added = block(user, credential, program, indent)
        if contains(added, lines) != nil { return text }
        let end = end(of: users, lines)
        let names = ["name: \(user)", "name: \"\(user)\"", "name: '\(user)'"]
        let isThere = lines[users..<end].contains { line in
            names.contains(String(line.withoutReturn.drop { $0 == " " || $0 == "-" }))
        }
        guard !isThere else {
            throw Failure(
                "a user \(user) is there already",
                advice: ["another name:  --as USER", "take it away:  kubectl config delete-user \(user)"])
        }
        lines.insert(contentsOf: added, at: users + 1)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func without(_ user: String, _ credential: String, _ program: String, _ text: String) -> String {
        var lines = text.linesByBytes
        for indent in ["", "  ", "    "] {
            let block = block(user, credential, program, indent)
            guard let start = contains(block, lines) else { continue }
            lines.removeSubrange(start..<start + block.count)
            if let users = lines.firstIndex(where: { $0.withoutReturn == "users:" }), end(of: users, lines) == users + 1
            {
                // A key without a value reads as null; this is what kubectl itself writes when there is none.
                lines[users] = "users: []".ended(as: lines[users])
            }
            return lines.joined(separator: "\n")
        }
        return text
    }

    /// A list ends where a key of the document stands at the margin.
    private static func end(of users: Int, _ lines: [String]) -> Int {
        lines[(users + 1)...].firstIndex { !$0.hasPrefix(" ") && !$0.hasPrefix("-") } ?? lines.count
    }

    private static func contains(_ block: [String], _ lines: [String]) -> Int? {
        guard lines.count >= block.count else { return nil }
        return (0...lines.count - block.count).first { lines[$0..<$0 + block.count].map(\.withoutReturn) == block }
    }
}
