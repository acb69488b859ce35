private import Glibc

/// Files that are there whole or not at all.
package enum AtomicFile {
    /// Writes `text` beside `path`, flushes it to the disk and renames it into place.
    ///
    /// - Throws: `Failure`; the earlier file is then as it was.
    package static func write(_ text: String, to path: String, mode: UInt32) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw failure(path) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return try giveUp(descriptor, temporary, path) }
            bytes = bytes.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { return try giveUp(descriptor, temporary, path) }
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let problem = failure(path)
            unlink(temporary)
            throw problem
        }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let folder = open(parent.isEmpty ? "/" : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    private static func giveUp(_ descriptor: Int32, _ temporary: String, _ path: String) throws(Failure) {
        let problem = failure(path)
        close(descriptor)
        unlink(temporary)
        throw problem
    }

    private static func failure(_ path: String) -> Failure {
        Failure("\(path) could not be written: \(String(cString: strerror(errno)))")
    }
}
