private import Glibc
internal import KistStore

/// Which file a path leads to, and that it is one that only its owner can touch.
struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64
    /// Bytes; not part of the identity.
    let size: Int64

    /// - Throws: `.absent`; `.unsafeFile` when it is not a regular file of this user with one link and mode 0600 or less.
    static func read(_ path: String) throws(StoreError) -> FileIdentity {
        var facts = stat()
        guard lstat(path, &facts) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { throw .absent }
            throw code == EACCES ? .unsafeFile("its folder may not be searched") : .io(code: code)
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .unsafeFile("it is not a regular file") }
        guard facts.st_uid == geteuid() else { throw .unsafeFile("it belongs to another user") }
        guard facts.st_nlink == 1 else { throw .unsafeFile("it has more than one name (hard link)") }
        guard facts.st_mode & 0o077 == 0 else {
            throw .unsafeFile("other users may read or write it (its mode is not 0600)")
        }
        return FileIdentity(device: UInt64(facts.st_dev), inode: UInt64(facts.st_ino), size: Int64(facts.st_size))
    }

    static func == (left: Self, right: Self) -> Bool { left.device == right.device && left.inode == right.inode }
}
