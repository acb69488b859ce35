private import CKistPosix
private import Glibc

/// Opening, reading and writing whole files that are not secret.
package enum File {
    /// `open(2)`, always close-on-exec.
    package static func open(_ path: String, flags: Int32, mode: UInt32 = 0o600) throws(PosixError) -> Descriptor {
        let raw = kist_open(path, flags | O_CLOEXEC, mode)
        guard raw >= 0 else { throw PosixError("open") }
        return Descriptor(owning: raw)
    }

    /// A new file; one that is there, or a link, is refused.
    package static func create(_ path: String, mode: UInt32) throws(PosixError) -> Descriptor {
        try open(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    }

    /// A file in memory without a name, close-on-exec; -1 when there is none to have.
    package static func memory(_ name: String) -> Int32 { kist_memory_file(name) }

    /// Forbids every change of a file in memory.
    package static func seal(_ raw: Int32) -> Bool { kist_memory_seal(raw) == 0 }

    /// The bytes of a file.
    ///
    /// - Throws: `EFBIG` when it holds more than `most` bytes.
    package static func read(_ path: String, most: Int) throws(PosixError) -> [UInt8] {
        let file = try open(path, flags: O_RDONLY)
        return try read(file, most: most)
    }

    package static func read(_ file: borrowing Descriptor, most: Int) throws(PosixError) -> [UInt8] {
        // As much memory as the file has bytes, and one to see its end; what says nothing of its size grows into it.
        let size = (try? FileStatus(of: file.raw))?.size ?? 0
        var bytes = [UInt8](repeating: 0, count: min(most + 1, size > 0 ? Int(size) + 1 : 4_096))
        var count = 0
        while count <= most {
            if count == bytes.count {
                bytes.append(contentsOf: repeatElement(0, count: min(most + 1 - count, max(count, 4_096))))
            }
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(file.raw, $0.baseAddress! + count, $0.count - count)
            }
            if got == 0 { break }
            guard got > 0 else {
                if errno == EINTR { continue }
                throw PosixError("read")
            }
            count += got
        }
        guard count <= most else { throw PosixError("read", EFBIG) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Replaces `path` by a file with these bytes: whole or not at all, and durable before it returns.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o600) throws(PosixError) {
        let temporary = "\(path).\(getpid()).tmp"
        try Folder.removeFile(temporary)
        do {
            let file = try open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
            try file.write(bytes)
            try file.sync()
            try Folder.rename(temporary, to: path)
        } catch {
            try? Folder.removeFile(temporary)
            throw error
        }
        if let folder = Folder.parent(of: path) { try Folder.sync(folder) }
    }
}
