private import Glibc
internal import KistPosix
internal import SecretMemory

/// Files that hold secrets, straight into locked memory; none that somebody else could have written.
enum PrivateFileReading {
    /// A file that nobody but this user and root may read.
    ///
    /// - Parameter groupMayRead: whether a file of root's may be readable by a group: systemd lets a unit's user in so.
    static func read(
        _ path: String, most: Int, source: String, groupMayRead: Bool
    ) throws(CredentialError) -> SecretBytes {
        try read(path, most: most, source: source) { status in
            let closed: UInt32 = groupMayRead && status.owner == 0 ? 0o037 : 0o077
            return status.mode & closed == 0 ? nil : "others can read it; chmod 600"
        }
    }

    /// - Parameter misuse: what is wrong with the mode of a file, beyond that others could write it.
    static func read(
        _ path: String, most: Int, source: String, misuse: (FileStatus) -> String?
    ) throws(CredentialError) -> SecretBytes {
        do {
            // Not blocking: a pipe in the place of a file must not hold the caller.
            let file = try File.open(path, flags: O_RDONLY | O_NONBLOCK)
            let status = try FileStatus(of: file.raw)
            if let why = writable(status) ?? misuse(status) {
                throw CredentialError(.unsafePlace, source: source, "\(path): \(why)")
            }
            var buffer = SecretBuffer(capacity: min(Int(clamping: status.size), most) + 1)
            while try buffer.append(
                atMost: 4_096, filledBy: { (target) throws(PosixError) in try file.read(into: target) })
                > 0
            {
                guard buffer.count <= most else { throw PosixError("read", EFBIG) }
            }
            return buffer.finish()
        } catch let error as CredentialError { throw error } catch {
            throw CredentialError(.unavailable, source: source, "\(path): \(error)")
        }
    }

    private static func writable(_ status: FileStatus) -> String? {
        guard status.kind == .file else { return "it is not a regular file" }
        guard status.owner == Process.user || status.owner == 0 else { return "it belongs to another user" }
        return status.mode & 0o022 == 0 ? nil : "others can write it"
    }
}
