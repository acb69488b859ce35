private import Glibc
private import KistModel

/// The platforms that come with Kist and the user's own. Only what is asked for is read and parsed.
package struct PlatformCatalog: Sendable {
    /// One line of `kist platform list`, without reading the file.
    package struct Entry: Hashable, Sendable {
        package let name: String
        /// The user's own file, when it is one.
        package let file: String?
    }

    /// `$XDG_CONFIG_HOME/kist/platforms`; `nil` or a folder that does not exist means that there are none.
    private let userFolder: String?

    package init(userFolder: String?) { self.userFolder = userFolder }

    /// Every name, sorted. A user's file that has the name of a built-in one is listed as a file: `load` tells.
    package func names() -> [Entry] {
        var entries: [String: Entry] = [:]
        for name in BuiltInPlatforms.names { entries[name] = Entry(name: name, file: nil) }
        for name in ownNames() { entries[name] = Entry(name: name, file: file(name)) }
        return entries.values.sorted { $0.name < $1.name }
    }

    /// - Throws: `PlatformError`; a user's file that shadows a built-in platform without `replaces = true` is refused.
    package func load(_ name: String) throws(PlatformError) -> Platform {
        if Self.isName(name), let file = file(name), let text = try read(file) {
            let platform = try PlatformReader.read(
                text, file: file, origin: .user(path: file, replaces: false, source: text))
            guard platform.name == name else {
                throw .invalid(file: file, line: 1, rule: "the file is called \(name).toml, but its name is another")
            }
            if BuiltInPlatforms.names.contains(name), case .user(_, false, _) = platform.origin {
                throw .shadowsBuiltIn(file: file, name: name)
            }
            return platform
        }
        guard let text = BuiltInPlatforms.text(of: name) else { throw .notFound(similar: similar(to: name)) }
        return try PlatformReader.read(text, file: "\(name).toml", origin: .builtIn)
    }

    private func file(_ name: String) -> String? { userFolder.map { "\($0)/\(name).toml" } }

    /// What `name` is short for, or mistyped from.
    private func similar(to name: String) -> [String] {
        Likeness.names(like: name, in: names().map(\.name), atMost: 4)
    }

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 48
            && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// Whether there is a file of the user's for it, whatever it is.
    func hasFile(_ name: String) -> Bool {
        guard Self.isName(name), let file = file(name) else { return false }
        return access(file, F_OK) == 0 || errno != ENOENT && errno != ENOTDIR
    }

    /// Whether the user may have files there: one that nobody can look into is not empty.
    package var mayHaveOwn: Bool {
        guard let userFolder else { return false }
        guard let stream = opendir(userFolder) else { return errno != ENOENT && errno != ENOTDIR }
        closedir(stream)
        return !ownNames().isEmpty
    }

    /// The names of the user's own files, in no order.
    package func ownNames() -> [String] {
        guard let userFolder, let stream = opendir(userFolder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream), names.count < 1_000 {
            let file = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard file.hasSuffix(".toml") else { continue }
            let name = String(file.dropLast(5))
            if Self.isName(name) { names.append(name) }
        }
        return names
    }

    /// `nil` when there is no such file.
    private func read(_ path: String) throws(PlatformError) -> String? {
        var facts = stat()
        guard stat(path, &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .unreadable(file: path, code: errno)
        }
        // A pipe with this name would never end.
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .invalid(file: path, line: 0, rule: "it is not a file") }
        guard let stream = fopen(path, "re") else { throw .unreadable(file: path, code: errno) }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: PlatformReader.largest + 1)
        let count = fread(&bytes, 1, bytes.count, stream)
        guard ferror(stream) == 0 else { throw .unreadable(file: path, code: EIO) }
        guard count <= PlatformReader.largest else {
            throw .invalid(file: path, line: 0, rule: "it is longer than \(PlatformReader.largest) bytes")
        }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw .invalid(file: path, line: 0, rule: "it is not UTF-8 text")
        }
        return text
    }
}
