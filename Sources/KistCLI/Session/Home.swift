import Glibc

enum Home {
    /// `~/…` for a path within the home folder.
    static func short(_ path: String, _ home: String) -> String {
        path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
