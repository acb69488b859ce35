private import Glibc
import KistPosix
import SecretMemory

/// A backup's file, read from its beginning in pieces that fit a request.
struct BackupBytes: ~Copyable {
    /// What the first request takes: enough for any head.
    static let first = 1 << 20
    /// What each further one takes: others are served between two.
    static let piece = 256 << 10

    private let file: Descriptor
    /// Bytes of the file.
    let size: Int64

    init(_ file: consuming Descriptor) throws(PosixError) {
        size = try FileStatus(of: file.raw).size
        self.file = file
    }

    static func open(_ path: String) throws(Failure) -> BackupBytes {
        do {
            let file = try File.open(path, flags: O_RDONLY | O_NONBLOCK)
            guard try FileStatus(of: file.raw).kind == .file else { throw Failure.usage("\(path) is not a file") }
            return try BackupBytes(file)
        } catch let failure as Failure { throw failure } catch { throw Failure("\(path): \(error)") }
    }

    /// The bytes from `offset` on, `most` or as many as there are; none at the end.
    borrowing func bytes(at offset: Int64, most: Int = BackupBytes.first) throws(Failure) -> SecretBytes {
        var buffer = SecretBuffer(capacity: min(most, max(16, Int(clamping: size))))
        var end = offset
        while buffer.count < most {
            var code: Int32 = 0
            let count = buffer.append(atMost: most - buffer.count) { target -> Int in
                let count = pread(file.raw, target.baseAddress!, target.count, off_t(end))
                if count < 0 { code = errno }
                return max(0, count)
            }
            if code == EINTR { continue }
            guard code == 0 else { throw Failure("the backup could not be read: \(String(cString: strerror(code)))") }
            if count == 0 { break }
            end += Int64(count)
        }
        return buffer.finish()
    }
}
