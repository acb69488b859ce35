private import CKistPosix
private import Glibc

/// An exclusive lock on an open file (flock): goes with the last descriptor of that opening, so with the process.
package enum FileLock {
    /// - Returns: `false` when another has it.
    package static func tryLock(_ file: borrowing Descriptor) throws(PosixError) -> Bool {
        let failed = kist_try_lock(file.raw)
        if failed == EWOULDBLOCK { return false }
        guard failed == 0 else { throw PosixError("flock", failed) }
        return true
    }

    package static func unlock(_ file: borrowing Descriptor) { _ = kist_unlock(file.raw) }
}
