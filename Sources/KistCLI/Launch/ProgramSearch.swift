private import Glibc

/// Finds the program that a command names, as `execvp` does, without running anything.
package enum ProgramSearch {
    package enum Found: Equatable, Sendable {
        case path(String)
        /// Something of that name is there and cannot be executed.
        case notExecutable(String)
        case missing
    }

    /// - Parameters:
    ///   - command: a name without `/` is looked for in `path`; anything else is taken as it is.
    ///   - path: the value of `PATH`; an empty part means the current folder. `nil` means the system's default.
    package static func find(_ command: String, path: String?) -> Found {
        guard !command.isEmpty else { return .missing }
        if command.utf8.contains(UInt8(ascii: "/")) { return look(command) }
        var blocked: String?
        for folder in (path ?? "/bin:/usr/bin").split(separator: ":", omittingEmptySubsequences: false) {
            let candidate = folder.isEmpty ? "./\(command)" : "\(folder)/\(command)"
            switch look(candidate) {
            case .path(let found): return .path(found)
            case .notExecutable(let there): blocked = blocked ?? there
            case .missing: break
            }
        }
        return blocked.map { .notExecutable($0) } ?? .missing
    }

    private static func look(_ path: String) -> Found {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == EACCES ? .notExecutable(path) : .missing }
        let regular = status.st_mode & S_IFMT == S_IFREG
        return regular && access(path, X_OK) == 0 ? .path(path) : .notExecutable(path)
    }
}
