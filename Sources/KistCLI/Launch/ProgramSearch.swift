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
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        switch findBytes(Array(command.utf8), path: path.map { Array($0.utf8) }) {
        case .path(let found): return .path(text(found))
        case .notExecutable(let there): return .notExecutable(text(there))
        case .missing: return .missing
        }
    }

    /// The same in bytes, without a NUL at the end: neither names nor folders need be UTF-8.
    enum FoundBytes {
        case path([UInt8])
        case notExecutable([UInt8])
        case missing
    }

    static func findBytes(_ command: [UInt8], path: [UInt8]?) -> FoundBytes {
        guard !command.isEmpty else { return .missing }
        let slash = UInt8(ascii: "/")
        if command.contains(slash) { return look(command) }
        var blocked: [UInt8]?
        let folders = (path ?? Array("/bin:/usr/bin".utf8))
            .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for folder in folders {
            let candidate = (folder.isEmpty ? [UInt8(ascii: ".")] : Array(folder)) + [slash] + command
            switch look(candidate) {
            case .path(let found): return .path(found)
            case .notExecutable(let there): blocked = blocked ?? there
            case .missing: break
            }
        }
        return blocked.map { .notExecutable($0) } ?? .missing
    }

    private static func look(_ path: [UInt8]) -> FoundBytes {
        var status = stat()
        let name = path.map { CChar(bitPattern: $0) } + [0]
        guard stat(name, &status) == 0 else { return errno == EACCES ? .notExecutable(path) : .missing }
        let regular = status.st_mode & S_IFMT == S_IFREG
        return regular && access(name, X_OK) == 0 ? .path(path) : .notExecutable(path)
    }
}
