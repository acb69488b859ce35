private import Glibc
private import KistPosix
private import SecretMemory

/// A `kist.toml` that was found: its content was read once, and both digest and meaning come from those bytes.
package struct FoundProject: Equatable, Sendable {
    /// The file's real path.
    package let path: String
    /// SHA-256 of the content in hexadecimal, what `sha256sum` prints.
    package let digest: String
    package let text: String
    package let file: ProjectFile
}

/// Looks for the nearest `kist.toml`.
package enum ProjectSearch {
    package static let fileName = "kist.toml"
    /// A longer file is not one of ours.
    private static let longest = 65_536

    /// The nearest one from `folder` upwards.
    ///
    /// Only `FoldersAbove` count, and a file of someone else is refused.
    ///
    /// - Throws: `Failure` for a file that is there and cannot be used.
    package static func nearest(from folder: String? = nil, home: String?) throws(Failure) -> FoundProject? {
        for folder in FoldersAbove.list(from: folder ?? ".", home: home) {
            if let found = try read(folder == "/" ? "/\(fileName)" : "\(folder)/\(fileName)") { return found }
        }
        return nil
    }

    /// Whether a `kist.toml` in `folder` counts.
    package static func searches(_ folder: String) -> Bool { !FoldersAbove.isAnybodys(folder) }

    /// The file at `path`; `nil` when there is none.
    ///
    /// A symbolic link is refused: agreement is for a place, and the credentials would be those of another one.
    package static func read(_ path: String) throws(Failure) -> FoundProject? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            if errno == ELOOP {
                throw Failure(
                    "\(path) is a symbolic link, so it is not used", advice: ["Put the file itself there."])
            }
            throw Failure("\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure("\(path) is not a regular file")
        }
        guard isOurs(status.st_uid) else { throw Failure("\(path) belongs to another user, so it is not used") }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        var count = 0
        while count < bytes.count {
            let more = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { break }
            count += more
        }
        guard count <= longest else { throw Failure("\(path) is longer than 64 KiB") }
        bytes.removeSubrange(count...)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure("\(path) is not UTF-8") }
        return try project(at: path, text: text)
    }

    /// What `text` at `path` means; nothing is read.
    package static func project(at path: String, text: String) throws(Failure) -> FoundProject {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        guard let real = realPath(folder) else { throw Failure("\(folder): \(String(cString: strerror(errno)))") }
        return FoundProject(
            path: real == "/" ? "/\(fileName)" : "\(real)/\(fileName)",
            digest: hexadecimal(Array(text.utf8).withUnsafeBytes { Digest.sha256($0) }), text: text,
            file: try ProjectFile(parsing: text, path: path))
    }

    private static func isOurs(_ user: uid_t) -> Bool { user == geteuid() || user == 0 }

    static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
