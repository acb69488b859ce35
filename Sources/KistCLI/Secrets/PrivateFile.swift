import Glibc
import SecretMemory

/// A secret written to a file that the user named: new, 0600, flushed to the disk.
enum PrivateFile {
    /// Puts a file with other content in the place of one that is there: whole or not at all.
    static func replace(_ path: String, with secret: borrowing SecretBytes) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        try write(secret, to: temporary)
        guard rename(temporary, path) == 0 else {
            let why = String(cString: strerror(errno))
            unlink(temporary)
            throw Failure("\(path) could not be written: \(why)")
        }
    }

    /// - Throws: `Failure`; an existing file is never touched.
    static func write(_ secret: borrowing SecretBytes, to path: String) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        let written = secret.withBytes { bytes -> Bool in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
        guard written, fsync(descriptor) == 0 else {
            throw Failure("\(path) could not be written: \(String(cString: strerror(errno)))")
        }
    }
}
