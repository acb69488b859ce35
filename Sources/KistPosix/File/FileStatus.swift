private import Glibc

/// What the file system says about a file (stat).
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case file
        case folder
        case link
        case socket
        case other
    }

    package let kind: Kind
    package let owner: UInt32
    /// Permission bits, 0 to 07777.
    package let mode: UInt32
    package let device: UInt64
    package let inode: UInt64
    package let links: UInt64
    package let size: Int64
    /// When the content changed last: nanoseconds since 1970. A new name does not change it.
    package let modified: Int64

    /// - Parameter followingLinks: without it a link is reported as a link.
    /// - Throws: `ENOENT` when nothing is there.
    package init(of path: String, followingLinks: Bool = false) throws(PosixError) {
        var status = stat()
        let failed = followingLinks ? stat(path, &status) : lstat(path, &status)
        guard failed == 0 else { throw PosixError("stat") }
        self.init(status)
    }

    package init(of descriptor: Int32) throws(PosixError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw PosixError("fstat") }
        self.init(status)
    }

    private init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        case S_IFSOCK: kind = .socket
        default: kind = .other
        }
        owner = status.st_uid
        mode = status.st_mode & 0o7777
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    }

    /// Whether both are the same file, however it is called.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}
