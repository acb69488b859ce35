private import Glibc
internal import KistPosix
internal import KistProtocol

/// The agent's socket in the file system, and the lock that makes it the only one.
final class ListeningPlace {
    let listener: Descriptor
    let path: String
    /// Held as long as the process lives; never unlinked.
    private let lock: Descriptor
    private let status: FileStatus

    /// Lock, bind a temporary name, listen, rename: whoever sees the final name can connect.
    ///
    /// - Returns: `nil` when another agent has this place.
    static func take(runtime: String, vault: String) throws(StartError) -> ListeningPlace? {
        try RuntimeFolder.prepare(runtime)
        do {
            let lock = try File.open(
                AgentPlace.startLock(inRuntime: runtime, vault: vault), flags: O_RDWR | O_CREAT | O_NOFOLLOW)
            guard try FileLock.tryLock(lock) else { return nil }
            let path = AgentPlace.socket(inRuntime: runtime, vault: vault)
            let temporary = path.dropLast("sock".utf8.count) + "tmp"
            try Folder.removeFile(String(temporary))
            let listener = try UnixSocket.listen(at: String(temporary))
            try Folder.setMode(String(temporary), 0o600)
            try Folder.rename(String(temporary), to: path)
            return ListeningPlace(listener, path, lock, try FileStatus(of: path))
        } catch { throw StartError(reason: "the socket in \(runtime): \(error)") }
    }

    private init(
        _ listener: consuming Descriptor, _ path: String, _ lock: consuming Descriptor, _ status: FileStatus
    ) {
        self.listener = listener
        self.path = path
        self.lock = lock
        self.status = status
    }

    /// Whether the name still leads to this socket. The system removes runtime folders at the last logout.
    var isThere: Bool {
        guard let now = try? FileStatus(of: path) else { return false }
        return now.isSameFile(as: status)
    }

    func remove() {
        if isThere { try? Folder.removeFile(path) }
    }
}
