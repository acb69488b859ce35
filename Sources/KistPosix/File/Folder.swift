private import CKistPosix
private import Glibc

/// Folders and names in them.
package enum Folder {
    /// Makes `path` with `mode`, and the folders above it with 0700, leaving alone what is there.
    package static func make(_ path: String, mode: UInt32 = 0o700) throws(PosixError) {
        guard mkdir(path, mode) != 0 else { return }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let parent = parent(of: path), parent != path else { throw PosixError("mkdir", ENOENT) }
            try make(parent)
            guard mkdir(path, mode) == 0 || errno == EEXIST else { throw PosixError("mkdir") }
        default: throw PosixError("mkdir")
        }
    }

    /// The names in a folder, without `.` and `..`.
    package static func names(in path: String) throws(PosixError) -> [String] {
        guard let folder = opendir(path) else { throw PosixError("opendir") }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Removes a file or socket; one that is not there is fine.
    package static func removeFile(_ path: String) throws(PosixError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw PosixError("unlink") }
    }

    /// Removes a folder with all that is in it, never following a link. Goes on after a failure.
    package static func removeTree(_ path: String) {
        for name in (try? names(in: path)) ?? [] {
            let inner = path + "/" + name
            if let status = try? FileStatus(of: inner), status.kind == .folder {
                removeTree(inner)
            } else {
                unlink(inner)
            }
        }
        rmdir(path)
    }

    package static func setMode(_ path: String, _ mode: UInt32) throws(PosixError) {
        guard chmod(path, mode) == 0 else { throw PosixError("chmod") }
    }

    package static func rename(_ from: String, to: String) throws(PosixError) {
        guard Glibc.rename(from, to) == 0 else { throw PosixError("rename") }
    }

    /// Gives a file a name that nothing has.
    ///
    /// - Throws: `EEXIST`.
    package static func rename(_ from: String, toNew to: String) throws(PosixError) {
        guard kist_rename_new(from, to) != 0 else { return }
        // Some file systems over a network cannot do it in one step.
        guard errno == EINVAL || errno == ENOSYS else { throw PosixError("rename") }
        guard (try? FileStatus(of: to)) == nil else { throw PosixError("rename", EEXIST) }
        try rename(from, to: to)
    }

    /// Makes the names in a folder durable.
    package static func sync(_ path: String) throws(PosixError) {
        let folder = try File.open(path, flags: O_RDONLY | O_DIRECTORY)
        try folder.sync()
    }

    /// "/a/b" of "/a/b/c"; "/" of "/a"; `nil` when there is no slash.
    package static func parent(of path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// "c" of "/a/b/c"; the whole when there is no slash.
    package static func lastPart(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// The absolute path without links, `.` and `..`. The last parts need not exist.
    ///
    /// - Throws: `ENOENT` for a link to nothing, or `..` after a part that does not exist.
    package static func realPath(of path: String) throws(PosixError) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        if let whole = resolve(path) { return whole }
        guard errno == ENOENT else { throw PosixError("realpath") }
        if let status = try? FileStatus(of: path), status.kind == .link { throw PosixError("realpath", ENOENT) }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        guard !name.isEmpty, name != ".", name != ".." else { throw PosixError("realpath", ENOENT) }
        let folder = try realPath(of: slash == nil ? "." : parent(of: path)!)
        return folder == "/" ? "/" + name : folder + "/" + name
    }

    private static func resolve(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
