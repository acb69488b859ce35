internal import KistLogins
internal import KistPlatforms
internal import KistProtocol

/// docker's `config.json`: `credHelpers` for registries that are named, `credsStore` for all.
enum DockerSetup: ToolSetup {
    static let name = "docker"
    static let abstract = "every registry, or those named: kist setup docker [REGISTRY …]"
    static let example = "kist setup docker ghcr.io"

    /// What docker puts behind `docker-credential-`.
    private static let helper = "kist"

    static func edits(_ place: SetupPlace, undo: Bool) throws(Failure) -> [SetupEdit] {
        let hosts = try hosts(place)
        let path = "\(place.folder("DOCKER_CONFIG", ".docker"))/config.json"
        var isUsed = true
        let edit = try place.edit(path) { (text) throws(Failure) in
            let config = try Self.read(text, path)
            let changed = try undo ? without(config, hosts) : with(config, hosts)
            isUsed =
                changed.contains { $0.value.string == helper }
                || changed.contains { member in
                    member.key == "credHelpers" && (member.value.members ?? []).contains { $0.value.string == helper }
                }
            guard changed != config else { return text }
            return changed.isEmpty ? "" : PrettyJSON.text(.object(changed)) + "\n"
        }
        var edits = [edit]
        // Nothing of it is left: the file was made for this.
        if undo, case .file(_, let before, let after) = edit, after == "" {
            edits = [.file(path: path, before: before, after: nil)]
        }
        // The link stays as long as another registry needs it.
        if !undo || !isUsed { edits.append(place.helper("docker-credential-\(helper)", undo: undo)) }
        return edits
    }

    static func notes(_ place: SetupPlace) -> [String] {
        guard case .link(let path, _) = place.helper("docker-credential-\(helper)", undo: false),
            let folder = path.lastIndex(of: "/").map({ String(path[..<$0]) }),
            !(place.environment["PATH"] ?? "").split(separator: ":").contains(Substring(folder))
        else { return [] }
        return ["docker looks for its helper on PATH: add \(Home.short(folder, place.home)) to it"]
    }

    /// As docker names them: Docker Hub has the address of an interface long gone.
    private static func hosts(_ place: SetupPlace) throws(Failure) -> [String] {
        var hosts: [String] = []
        for word in place.words {
            guard let query = DockerRegistry.query(word), query.path == nil else {
                throw Failure.usage("a registry is written like ghcr.io or localhost:5000")
            }
            let isHub = ["docker.io", "index.docker.io", "registry-1.docker.io"].contains(query.host)
            hosts.append(isHub ? "https://index.docker.io/v1/" : query.text)
        }
        return hosts
    }

    private static func read(_ text: String, _ path: String) throws(Failure) -> [JSONMember] {
        guard text.contains(where: { !$0.isWhitespace }) else { return [] }
        guard let json = try? JSONParser.parse(Array(text.utf8)), case .object(let members) = json else {
            throw Failure("\(path) is not read as JSON, so it is left alone")
        }
        return members
    }

    private static func with(_ config: [JSONMember], _ hosts: [String]) throws(Failure) -> [JSONMember] {
        var config = config
        guard !hosts.isEmpty else {
            if let index = config.firstIndex(where: { $0.key == "credsStore" }) {
                guard config[index].value.string == helper else {
                    throw Failure(
                        "docker keeps its passwords with another helper: \(config[index].value.string ?? "?")",
                        advice: ["name registries:  kist setup docker ghcr.io", "or take credsStore out of its config"])
                }
                return config
            }
            return config + [JSONMember("credsStore", .string(helper))]
        }
        var helpers: [JSONMember] = []
        if let index = config.firstIndex(where: { $0.key == "credHelpers" }) {
            helpers = config.remove(at: index).value.members ?? []
        }
        for host in hosts {
            if let other = helpers.first(where: { $0.key == host }), other.value.string != helper {
                throw Failure("docker asks another helper for \(host): \(other.value.string ?? "?")")
            }
            helpers.removeAll { $0.key == host }
            helpers.append(JSONMember(host, .string(helper)))
        }
        return config + [JSONMember("credHelpers", .object(helpers))]
    }

    private static func without(_ config: [JSONMember], _ hosts: [String]) throws(Failure) -> [JSONMember] {
        var config = config
        guard !hosts.isEmpty else {
            config.removeAll { $0.key == "credsStore" && $0.value.string == helper }
            return config
        }
        guard let index = config.firstIndex(where: { $0.key == "credHelpers" }) else { return config }
        let left = (config[index].value.members ?? []).filter { !(hosts.contains($0.key) && $0.value.string == helper) }
        if left.isEmpty { config.remove(at: index) } else { config[index].value = .object(left) }
        return config
    }
}
