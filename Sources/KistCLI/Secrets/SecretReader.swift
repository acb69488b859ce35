private import Glibc
package import SecretMemory

/// Reads secrets from descriptors and files straight into locked memory.
package enum SecretReader {
    /// One field holds at most this many bytes.
    package static let longest = 1 << 20

    /// Everything up to the end of `descriptor`.
    ///
    /// - Parameters:
    ///   - first: a descriptor whose bytes stand before those.
    ///   - what: for messages ("standard input").
    package static func readAll(
        _ descriptor: Int32, after first: Int32? = nil, what: String, atMost limit: Int = longest
    ) throws(Failure) -> SecretBytes {
        var buffer = SecretBuffer(capacity: 4_096)
        for source in [first, descriptor].compactMap(\.self) {
            while try buffer.read(source, what: what) > 0 {
                guard buffer.count <= limit else { throw Failure.usage("\(what) is longer than \(limit) bytes") }
            }
        }
        return buffer.finish()
    }

    /// A file that the user names (`--file`).
    ///
    /// - Parameter what: for messages. The path is not repeated: it may be a secret typed in its place.
    package static func readFile(_ path: String, what: String, atMost limit: Int = longest) throws(Failure)
        -> SecretBytes
    {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure("\(what): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        return try readAll(descriptor, what: what, atMost: limit)
    }

    /// A file that must be private: a regular one of this user or root, with no access for group and others.
    ///
    /// - Parameters:
    ///   - what: for the message when it is not there.
    ///   - groupMayRead: whether a file of root's may be readable by a group.
    package static func readPrivateFile(
        _ path: String, what: String = "the file of the passphrase", groupMayRead: Bool = false
    ) throws(Failure) -> SecretBytes {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            // The passphrase itself may have been given for its path.
            throw Failure("\(what): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Failure("\(path) is not a regular file")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else { throw Failure("\(path) belongs to another user") }
        let closed: mode_t = groupMayRead && status.st_uid == 0 ? 0o037 : 0o077
        guard status.st_mode & closed == 0 else {
            throw Failure("\(path) can be read by others", advice: ["Mend it:  chmod 600 \(path)"])
        }
        return try readAll(descriptor, what: path, atMost: 65_536)
    }

    /// `secret` without the line ends at its end.
    package static func withoutLineEnd(_ secret: consuming SecretBytes) -> SecretBytes {
        let keep = secret.withBytes { bytes -> Int in
            var end = bytes.count
            while end > 0, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
            return end
        }
        return keep == secret.count ? secret : secret.slice(0..<keep)
    }
}
