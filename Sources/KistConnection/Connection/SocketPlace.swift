private import Glibc
private import KistPosix

/// What must hold of a socket and its folder before anything is sent there: they are this user's alone.
enum SocketPlace {
    /// - Returns: `false` when there is no socket.
    /// - Throws: `ClientError.unsafePlace`.
    static func check(_ socket: String) throws(ClientError) -> Bool {
        guard let folder = Folder.parent(of: socket) else {
            throw .unsafePlace(path: socket, why: "it is not absolute")
        }
        guard try checkFolder(folder) else { return false }
        guard let status = try status(socket) else { return false }
        guard status.kind == .socket else { throw .unsafePlace(path: socket, why: "it is not a socket") }
        try checkOwner(status, socket)
        return true
    }

    /// A folder of this user, closed to everyone else.
    ///
    /// - Returns: `false` when there is none.
    static func checkFolder(_ path: String) throws(ClientError) -> Bool {
        guard let status = try status(path) else { return false }
        guard status.kind == .folder else { throw .unsafePlace(path: path, why: "it is not a folder") }
        try checkOwner(status, path)
        return true
    }

    private static func status(_ path: String) throws(ClientError) -> FileStatus? {
        do { return try FileStatus(of: path) } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw .unsafePlace(path: path, why: "\(error)")
        }
    }

    private static func checkOwner(_ status: FileStatus, _ path: String) throws(ClientError) {
        guard status.owner == Process.user else {
            throw .unsafePlace(path: path, why: "it belongs to user \(status.owner), not to you")
        }
        guard status.mode & 0o077 == 0 else {
            throw .unsafePlace(path: path, why: "others have access to it (mode \(String(status.mode, radix: 8)))")
        }
    }
}
