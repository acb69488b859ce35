import Glibc
import KistPosix
import SecretMemory

/// What a git repository keeps, read through git itself. Nothing that the repository's settings name is run.
struct GitScan {
    private let folder: String

    /// - Parameter folder: within the repository.
    init(_ folder: String) throws(Failure) {
        self.folder = folder
        _ = try Self.line(["rev-parse", "--git-dir"], in: folder)
    }

    /// Every object that is there: reachable or not, packed or not. Trees hold names only.
    func everything(_ scan: inout Scan) throws(Failure) {
        let reader = try GitOutput(
            ["cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"], in: folder)
        try objects(reader, &scan, paths: [:])
        guard !scan.found.isEmpty else { return }
        let known = try paths()
        scan.rename { known[$0] ?? "unreachable object" }
    }

    /// What differs from the last commit in the index.
    func staged(_ scan: inout Scan) throws(Failure) {
        let hasCommit = (try? Self.line(["rev-parse", "--verify", "-q", "HEAD"], in: folder)) != nil
        let base = hasCommit ? "HEAD" : try Self.line(["hash-object", "-t", "tree", "/dev/null"], in: folder)
        let list = try GitOutput(
            ["diff-index", "--cached", "--raw", "-z", "--no-renames", "--diff-filter=d", "--no-abbrev", base],
            in: folder)
        var paths: [String: String] = [:]
        var ids: [String] = []
        // ":MODE MODE ID ID STATUS" and the path, each with a NUL behind it.
        while let head = try list.text(to: 0) {
            guard let path = try list.text(to: 0) else { throw Self.notUnderstood }
            let parts = head.split(separator: " ")
            guard parts.count == 5, parts[0].hasPrefix(":") else { throw Self.notUnderstood }
            // A submodule is a commit that is not here.
            guard parts[1] != "160000" else { continue }
            if paths.updateValue(path, forKey: String(parts[3])) == nil { ids.append(String(parts[3])) }
        }
        try list.end()
        guard !ids.isEmpty else { return }
        let reader = try GitOutput(
            ["cat-file", "--batch", "--buffer"], in: folder, input: ids.joined(separator: "\n") + "\n")
        try objects(reader, &scan, paths: paths)
    }

    // MARK: -

    private static let notUnderstood = Failure("git answered in another form than expected")

    /// "ID TYPE SIZE", a line end, the bytes, a line end; again and again.
    private func objects(_ reader: GitOutput, _ scan: inout Scan, paths: [String: String]) throws(Failure) {
        while let head = try reader.text(to: 10) {
            let parts = head.split(separator: " ")
            if parts.count == 2, parts[1] == "missing" {
                scan.fail(paths[String(parts[0])] ?? "object \(parts[0])", "git does not have it")
                continue
            }
            guard parts.count == 3, let size = Int(parts[2]), size >= 0 else { throw Self.notUnderstood }
            let id = String(parts[0])
            var left = size
            if parts[1] == "tree" {
                try reader.skip(size)
            } else {
                let place = paths[id] ?? (parts[1] == "commit" ? "message of a commit" : String(parts[1]))
                try scan.object(place, id) { (target) throws(Failure) in
                    let count = try reader.read(into: target, atMost: left)
                    left -= count
                    return count
                }
            }
            guard left == 0 || parts[1] == "tree" else { throw Failure("git ended early") }
            try reader.skip(1)
        }
        try reader.end()
    }

    /// The path of each object that something leads to.
    private func paths() throws(Failure) -> [String: String] {
        let list = try GitOutput(["rev-list", "--objects", "--all", "--reflog"], in: folder)
        var paths: [String: String] = [:]
        while let line = try list.text(to: 10) {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard let id = parts.first else { continue }
            paths[String(id)] = parts.count > 1 ? String(parts[1]) : "message of a commit"
        }
        try list.end()
        return paths
    }

    /// One line that git prints.
    static func line(
        _ arguments: [String], in folder: String, keepingHooks: Bool = false
    ) throws(Failure) -> String {
        let output = try GitOutput(arguments, in: folder, keepingHooks: keepingHooks)
        let line = try output.text(to: 10) ?? ""
        while try output.text(to: 10) != nil {}
        try output.end()
        return line
    }
}
