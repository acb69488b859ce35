private import Glibc

/// Files of other tools' configuration, which may be links into somebody's dotfiles.
enum SetupFile {
    /// Longer ones are not somebody's settings.
    private static let longest = 4 << 20

    /// - Returns: `nil` when there is no file.
    static func read(_ path: String) throws(Failure) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Failure("\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= longest else {
            throw Failure("\(path) is not a file of settings")
        }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= longest {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
            if count == 0 { break }
            bytes += part[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("\(path) is not UTF-8 text, so it is left alone")
        }
        return text
    }

    /// Writes a text whole or not at all, with the mode of the file that it replaces; a new one is 0600. The file behind a
    /// link is written, and the link stays.
    ///
    /// - Parameter before: what was read; another text there by now is not written over.
    static func write(_ path: String, before: String?, after: String?) throws(Failure) {
        let real = ProjectSearch.realPath(path) ?? path
        guard try read(real) == before else {
            throw Failure("\(path) was changed by somebody else meanwhile; nothing was written")
        }
        guard let after else {
            guard unlink(real) == 0 || errno == ENOENT else {
                throw Failure("\(path): \(String(cString: strerror(errno)))")
            }
            return
        }
        var status = stat()
        let mode = stat(real, &status) == 0 ? UInt32(status.st_mode & 0o777) : 0o600
        try makeParent(real)
        try AtomicFile.write(after, to: real, mode: mode)
    }

    /// Where a link leads; `nil` for none.
    static func link(_ path: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = bytes.withUnsafeMutableBytes {
            readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
        }
        return count > 0 && count < bytes.count ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// - Parameter target: `nil` takes the link away; anything but a link stays.
    static func setLink(_ path: String, _ target: String?) throws(Failure) {
        if link(path) != nil {
            guard unlink(path) == 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
        }
        guard let target else { return }
        try makeParent(path)
        guard symlink(target, path) == 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
    }

    static func isWritable(_ folder: String) -> Bool { access(folder, W_OK) == 0 }

    private static func makeParent(_ path: String) throws(Failure) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if access(folder, F_OK) == 0 { return }
        try makeParent(folder)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw Failure("\(folder): \(String(cString: strerror(errno)))")
        }
    }
}
