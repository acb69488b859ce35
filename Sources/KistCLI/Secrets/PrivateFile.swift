private import Glibc
internal import KistPosix
internal import SecretMemory

/// A secret written to a file that the user named: new, 0600, flushed to the disk, and nothing of it left when that
/// fails.
enum PrivateFile {
    /// Puts a file with other content in the place of one that is there: whole or not at all.
    static func replace(_ path: String, with secret: borrowing SecretBytes) throws(Failure) {
        let temporary = "\(path).\(getpid()).new"
        try write(secret, to: temporary)
        do throws(PosixError) { try Folder.rename(temporary, to: path) } catch {
            try? Folder.removeFile(temporary)
            throw Failure("\(path) could not be written: \(error)")
        }
        do throws(PosixError) { try NameSync.sync(path) } catch {
            throw Failure("\(path) was written, but may be the former one after a power cut: \(error)")
        }
    }

    /// - Throws: `Failure`; an existing file is never touched.
    static func write(_ secret: borrowing SecretBytes, to path: String) throws(Failure) {
        try ReservedFile(path).write(secret)
    }
}
