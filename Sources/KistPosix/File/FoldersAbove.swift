private import Glibc

/// The folders whose files may say what their user wants in some place.
package enum FoldersAbove {
    /// The nearest first, from `folder` upwards.
    ///
    /// They end at the home folder (when `folder` is within), at the border of the file system of `folder`, and where a folder
    /// belongs to neither the user nor root. Folders that everybody can write (`/tmp`) are passed over: whatever lies there
    /// can be anybody's.
    package static func list(from folder: String, home: String?) -> [String] {
        guard var folder = realPath(folder), let start = status(folder) else { return [] }
        let top = home.flatMap { status($0) }
        let user = geteuid()
        var folders: [String] = []
        var here = start
        while here.st_dev == start.st_dev, here.st_uid == user || here.st_uid == 0 {
            if !isWritableByAll(here) { folders.append(folder) }
            if folder == "/" || isSame(here, top) { break }
            folder = Folder.parent(of: folder) ?? "/"
            guard let next = status(folder) else { break }
            here = next
        }
        return folders
    }

    /// Whether everybody can write there, or nobody can look.
    package static func isAnybodys(_ folder: String) -> Bool { status(folder).map(isWritableByAll) ?? true }

    private static func isSame(_ one: stat, _ other: stat?) -> Bool {
        one.st_ino == other?.st_ino && one.st_dev == other?.st_dev
    }

    private static func isWritableByAll(_ status: stat) -> Bool { status.st_mode & S_IWOTH != 0 }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func realPath(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
