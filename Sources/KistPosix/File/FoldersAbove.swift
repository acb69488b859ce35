private import Glibc

/// The folders whose files may say what their user wants in some place.
package enum FoldersAbove {
    /// The nearest first, from `folder` upwards.
    ///
    /// They end at the home folder (when `folder` is within), at the border of the file system of `folder`, and where a folder
    /// belongs to neither the user nor root. Folders that everybody can write (`/tmp`) are passed over: whatever lies there
    /// can be anybody's.
    package static func list(from folder: String, home: String?) -> [String] {
        guard let start = realPath(folder), let device = status(start)?.st_dev else { return [] }
        let top = home.flatMap { realPath($0) }
        var folders: [String] = []
        var folder = start
        while true {
            guard let here = status(folder), here.st_dev == device, here.st_uid == geteuid() || here.st_uid == 0 else {
                return folders
            }
            if !isWritableByAll(here) { folders.append(folder) }
            if folder == "/" || folder == top { return folders }
            folder = Folder.parent(of: folder) ?? "/"
        }
    }

    /// Whether everybody can write there, or nobody can look.
    package static func isAnybodys(_ folder: String) -> Bool { status(folder).map(isWritableByAll) ?? true }

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
