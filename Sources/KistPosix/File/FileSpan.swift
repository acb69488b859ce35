private import CKistPosix
private import Glibc

/// Reading and writing at places within an open file.
extension Descriptor {
    /// At most `count` bytes from `offset` on; fewer at the end of the file.
    package borrowing func read(at offset: Int, count: Int) throws(PosixError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { pread(raw, $0.baseAddress! + done, count - done, offset + done) }
            if got == 0 { break }
            guard got > 0 else {
                if errno == EINTR { continue }
                throw PosixError("pread")
            }
            done += got
        }
        return done == count ? bytes : [UInt8](bytes[..<done])
    }

    /// Replaces bytes from `offset` on. The file must not have been opened to append.
    package borrowing func write(_ bytes: [UInt8], at offset: Int) throws(PosixError) {
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { pwrite(raw, $0.baseAddress! + done, bytes.count - done, offset + done) }
            guard put > 0 else {
                if errno == EINTR { continue }
                throw PosixError("pwrite")
            }
            done += put
        }
    }

    /// One `write(2)`, restarted when a signal came before it wrote anything.
    ///
    /// - Returns: the bytes that were written, which may be fewer.
    package borrowing func writeOnce(_ bytes: [UInt8]) throws(PosixError) -> Int {
        while true {
            let put = bytes.withUnsafeBytes { Glibc.write(raw, $0.baseAddress, $0.count) }
            if put >= 0 { return put }
            if errno != EINTR { throw PosixError("write") }
        }
    }

    package borrowing func truncate(to size: Int) throws(PosixError) {
        guard ftruncate(raw, size) == 0 else { throw PosixError("ftruncate") }
    }

    /// Takes disk space for a part of the file without changing its size (`fallocate(2)`).
    ///
    /// - Returns: `false` where the file system cannot do that.
    package borrowing func reserve(from offset: Int, count: Int) throws(PosixError) -> Bool {
        switch kist_reserve(raw, offset, count) {
        case 0: return true
        case EOPNOTSUPP, ENOSYS: return false
        case let code: throw PosixError("fallocate", code)
        }
    }

    /// `fdatasync(2)`: content and size survive a power cut.
    package borrowing func syncData() throws(PosixError) {
        guard fdatasync(raw) == 0 else { throw PosixError("fdatasync") }
    }
}
