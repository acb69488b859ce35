private import Glibc
import KistPosix

/// The file that a backup becomes: written as `FILE.part`, flushed to the disk, read back by its maker, and only then
/// renamed. A kill leaves the earlier file as it was, and a part that the next backup writes over.
struct BackupTarget: ~Copyable {
    /// Without links.
    let path: String
    private let file: Descriptor
    private let overwriting: Bool
    private var part: String { path + ".part" }

    /// - Parameters:
    ///   - given: as the user wrote it.
    ///   - vault: the one file that must never be written over.
    ///   - overwriting: whether there may be a file already.
    static func open(_ given: String, vault: String, overwriting: Bool) throws(Failure) -> BackupTarget {
        let folder = given.lastIndex(of: "/").map { String(given[..<$0]) } ?? ""
        guard folder.isEmpty || Home.exists(folder) else {
            throw Failure("there is no folder \(folder)", advice: ["make it:  mkdir -p \(folder)"])
        }
        let path: String
        do { path = try Folder.realPath(of: given) } catch { throw failure(given, error) }
        if let there = try? FileStatus(of: path) {
            guard there.kind == .file else { throw Failure.usage("\(given) is not a file") }
            let isVault = (try? FileStatus(of: vault, followingLinks: true))?.isSameFile(as: there) == true
            guard !isVault else { throw Failure.usage("that is the vault itself; nothing was written") }
            guard overwriting else {
                throw Failure(
                    "\(given) exists already; it is not overwritten",
                    advice: ["replace it:  kist backup create --overwrite \(given)"])
            }
        }
        guard path != vault, path + ".part" != vault else { throw Failure.usage("that is the place of the vault") }
        do {
            return BackupTarget(path: path, file: try openPart(path, given), overwriting: overwriting)
        } catch let failure as Failure { throw failure } catch let error as PosixError {
            throw failure(given, error)
        } catch { throw Failure("\(given): \(error)") }
    }

    private static func openPart(_ path: String, _ given: String) throws -> Descriptor {
        let file = try File.open(path + ".part", flags: O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK)
        let status = try FileStatus(of: file.raw)
        guard status.kind == .file, status.links == 1, status.owner == Process.user else {
            throw Failure("\(given).part is in the way: it is not a plain file of yours")
        }
        let isLocked = try FileLock.tryLock(file)
        // Whoever had it may have renamed it meanwhile: then it is a whole backup, and not ours to write into.
        guard isLocked, let there = try? FileStatus(of: path + ".part"), there.isSameFile(as: status) else {
            throw Failure("another backup is being written to \(given)")
        }
        guard isPart(file) else {
            throw Failure(
                "\(given).part is in the way: it is no part of a backup; nothing was written",
                advice: ["move it away, or name another file"])
        }
        guard fchmod(file.raw, 0o600) == 0 else { throw PosixError("fchmod") }
        return file
    }

    /// Whether the file is empty or begins as a backup does: what a killed one left.
    private static func isPart(_ file: borrowing Descriptor) -> Bool {
        let magic = Array("KISTBACK".utf8)
        var first = [UInt8](repeating: 0, count: magic.count)
        let count = pread(file.raw, &first, first.count, 0)
        return count >= 0 && first.prefix(count) == magic.prefix(count)
    }

    private init(path: String, file: consuming Descriptor, overwriting: Bool) {
        self.path = path
        self.file = file
        self.overwriting = overwriting
    }

    /// Begins anew.
    borrowing func empty() throws(PosixError) { try file.overwrite([]) }

    borrowing func append(_ bytes: UnsafeRawBufferPointer) throws(PosixError) { try file.write(bytes) }

    borrowing func sync() throws(PosixError) { try file.sync() }

    /// What was written, to be read back.
    borrowing func reading() throws(PosixError) -> BackupBytes {
        try BackupBytes(try File.open(part, flags: O_RDONLY | O_NOFOLLOW))
    }

    /// Gives it its name, durably. What came there meanwhile goes only when it was said that it may.
    borrowing func place() throws(PosixError) {
        if overwriting { try Folder.rename(part, to: path) } else { try Folder.rename(part, toNew: path) }
        if let folder = Folder.parent(of: path) { try Folder.sync(folder) }
    }

    /// Takes the part away.
    borrowing func drop() { try? Folder.removeFile(part) }

    static func failure(_ path: String, _ error: PosixError) -> Failure {
        guard error.code == ENOSPC || error.code == EDQUOT || error.code == EFBIG else {
            return Failure("\(path): \(error)")
        }
        return Failure("no space is left to write the backup; nothing was replaced")
    }
}
