private import Glibc
internal import KistPosix
internal import SecretMemory

/// A new file for a secret, 0600: it is there before the secret is made, so that nothing is made for a place where
/// nothing can be.
struct ReservedFile: ~Copyable {
    let path: String
    private let file: Descriptor

    /// - Throws: `Failure`; an existing file is never touched.
    init(_ path: String) throws(Failure) {
        do throws(PosixError) { file = try File.create(path, mode: 0o600) } catch {
            guard error.code != EEXIST else { throw Failure("\(path) exists already; it is not overwritten") }
            throw Failure("\(path): \(error)")
        }
        self.path = path
    }

    /// Writes the secret, flushed to the disk together with its name; or takes the file away again, with what is in it.
    borrowing func write(_ secret: borrowing SecretBytes) throws(Failure) {
        do throws(PosixError) {
            try secret.withBytes { bytes in Result { () throws(PosixError) in try file.write(bytes) } }.get()
            try file.sync()
            try NameSync.sync(path)
        } catch {
            drop()
            throw Failure("\(path) could not be written: \(error)")
        }
    }

    /// Takes the file away, if it still is the one that was made here.
    borrowing func drop() {
        _ = ftruncate(file.raw, 0)
        guard let ours = try? FileStatus(of: file.raw), let there = try? FileStatus(of: path),
            there.isSameFile(as: ours)
        else { return }
        try? Folder.removeFile(path)
    }
}

/// Makes the name of a file durable.
enum NameSync {
    static func sync(_ path: String) throws(PosixError) {
        do throws(PosixError) { try Folder.sync(Folder.parent(of: path) ?? ".") } catch {
            // A folder that may be written into and not read cannot be opened for this.
            guard error.code == EACCES else { throw error }
        }
    }
}
