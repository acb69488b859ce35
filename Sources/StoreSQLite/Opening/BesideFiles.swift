private import Glibc
internal import KistStore

/// Files that SQLite would take for parts of the vault because of their names: `<vault>-journal` and `<vault>-wal`.
///
/// A journal that ends with the name of a super-journal makes SQLite open and unlink that file, whichever it is ("SQLite
/// File Format", section 3; `readSuperJournal` in pager.c reads it at the end of the file only). SQLite writes such a
/// name for transactions over attached databases, which Kist does not have.
struct BesideFiles {
    private static let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]

    private let log: String
    private let journal: String

    /// - Parameter path: the vault's.
    init(_ path: String) {
        log = "\(path)-wal"
        journal = "\(path)-journal"
    }

    /// - Returns: whether there is a journal.
    /// - Throws: `.unsafeFile` when one of the two is not what a crash of Kist can have left.
    func check() throws(StoreError) -> Bool {
        var facts = stat()
        guard lstat(log, &facts) != 0 else { throw .unsafeFile("a write-ahead log lies beside it") }
        guard lstat(journal, &facts) == 0 else {
            guard errno == ENOENT else { throw .io(code: errno) }
            return false
        }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw .unsafeFile("its journal is not a regular file") }
        guard facts.st_uid == geteuid() else { throw .unsafeFile("its journal belongs to another user") }
        guard facts.st_nlink == 1 else { throw .unsafeFile("its journal has more than one name (hard link)") }
        if try endsWithMagic(journal) { throw .unsafeFile("its journal names another file to be deleted") }
        return true
    }

    private func endsWithMagic(_ journal: String) throws(StoreError) -> Bool {
        let file = open(journal, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            // Gone since the look: nothing is left to be led by.
            if errno == ENOENT { return false }
            throw errno == EACCES || errno == ELOOP ? .unsafeFile("its journal may not be read") : .io(code: errno)
        }
        defer { Glibc.close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size >= 8 else { return false }
        var bytes = [UInt8](repeating: 0, count: 8)
        guard pread(file, &bytes, 8, size - 8) == 8 else { throw .io(code: errno) }
        return bytes == Self.magic
    }
}
