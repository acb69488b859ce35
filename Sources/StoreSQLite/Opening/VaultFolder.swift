private import Glibc
internal import KistStore

/// The folder that holds the vault and its journal.
enum VaultFolder {
    /// The path with every symbolic link of its folder resolved.
    ///
    /// - Throws: `.absent` when the folder is missing.
    static func resolve(_ path: String) throws(StoreError) -> String {
        let (folder, name) = split(path)
        guard let real = realpath(folder, nil) else {
            throw errno == ENOENT || errno == ENOTDIR ? .absent : .io(code: errno)
        }
        defer { free(real) }
        let text = String(cString: real)
        return text == "/" ? "/\(name)" : "\(text)/\(name)"
    }

    /// Makes the folder and those above it, each 0700, as far as they are missing.
    static func make(_ path: String) throws(StoreError) {
        let folder = split(path).folder
        var made = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o700) != 0 else { continue }
            let code = errno
            guard code == EEXIST || access(made, F_OK) == 0 else {
                throw code == EACCES || code == EROFS || code == EPERM
                    ? .readOnly : full(code) ? .full : .io(code: code)
            }
        }
    }

    /// - Throws: `.unsafeFile` when other users can put files there.
    static func check(_ path: String) throws(StoreError) {
        var facts = stat()
        guard stat(split(path).folder, &facts) == 0 else { throw errno == ENOENT ? .absent : .io(code: errno) }
        guard facts.st_uid == geteuid() || facts.st_uid == 0 else {
            throw .unsafeFile("its folder belongs to another user")
        }
        guard facts.st_mode & 0o022 == 0 || facts.st_mode & S_ISVTX != 0 else {
            throw .unsafeFile("other users may write to its folder")
        }
    }

    static func isWritable(_ path: String) -> Bool { access(split(path).folder, W_OK) == 0 }

    /// Makes the names in the folder durable.
    static func sync(_ path: String) throws(StoreError) {
        let folder = open(split(path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .io(code: errno) }
        defer { Glibc.close(folder) }
        guard fsync(folder) == 0 else { throw .io(code: errno) }
    }

    static func full(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    private static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), path[path.index(after: slash)...])
    }
}
