private import Glibc

/// Which `kist.toml` files the user has looked at and agreed to: by real path and content.
///
/// Kept in `<state>/trust`, one line each: 64 hexadecimal digits of SHA-256, two spaces, the path (the form of
/// `sha256sum`). `KIST_TRUST` names the digest of the one file that an unattended run may use.
package struct Trust {
    private let folder: String
    private var path: String { folder + "/trust" }

    /// - Parameter state: the state folder; it need not exist.
    package init(state: String) { folder = state }

    package func holds(_ project: FoundProject, environment: Variables = .process) -> Bool {
        if let digest = environment.nonEmpty("KIST_TRUST"), digest.lowercased() == project.digest { return true }
        return lines().contains(line(project))
    }

    /// Remembers `project`; an earlier content at the same path is forgotten. Durable before it returns.
    package func remember(_ project: FoundProject) throws(Failure) {
        // By bytes: to Swift the two of CR LF are one character, which is not the line end.
        guard !project.path.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Failure("a path with a control character cannot be trusted")
        }
        let kept = lines().filter { !Self.isOf(project.path, $0) }
        try write(kept + [line(project)])
    }

    /// - Returns: whether it was there.
    package func forget(path: String) throws(Failure) -> Bool {
        let all = lines()
        let kept = all.filter { !Self.isOf(path, $0) }
        guard kept.count != all.count else { return false }
        try write(kept)
        return true
    }

    /// What `kist run` says about a file that is not trusted, for someone who cannot be asked.
    ///
    /// - Parameter atTrust: it is `kist trust` itself that could not ask.
    package static func refusal(of project: FoundProject, atTrust: Bool = false) -> Failure {
        Failure(
            "\(project.path) is new or has changed, and nobody has agreed to it yet",
            advice: [
                atTrust ? "you have looked at it:  kist trust --yes" : "look at it and agree:  kist trust",
                "unattended:            KIST_TRUST=\(project.digest)",
            ])
    }

    private func line(_ project: FoundProject) -> [UInt8] { Array("\(project.digest)  \(project.path)".utf8) }

    /// Behind 64 digits and two spaces.
    private static func isOf(_ path: String, _ line: [UInt8]) -> Bool { line.dropFirst(66).elementsEqual(path.utf8) }

    /// As bytes: two texts that Swift takes for equal may be two names.
    private func lines() -> [[UInt8]] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        // A file that others could write says nothing about what this user agreed to.
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            return []
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 1 << 22 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes.split(separator: 0x0A).map(Array.init)
    }

    private func write(_ lines: [[UInt8]]) throws(Failure) {
        try makeFolder(folder)
        let text = String(decoding: lines.flatMap { $0 + [0x0A] }, as: UTF8.self)
        try AtomicFile.write(text, to: path, mode: 0o600)
    }

    private func makeFolder(_ path: String) throws(Failure) {
        var at = path.startIndex
        while let slash = path[path.index(after: at)...].firstIndex(of: "/") {
            mkdir(String(path[..<slash]), 0o700)
            at = slash
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw Failure("\(path): \(String(cString: strerror(errno)))")
        }
    }
}
