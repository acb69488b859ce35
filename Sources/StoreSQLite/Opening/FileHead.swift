private import Glibc
internal import KistStore

/// The first 100 bytes of the file, looked at before SQLite is let near it: no connection is open then, so no lock of
/// ours can be lost by closing a descriptor.
struct FileHead {
    /// "KIST" as SQLite's application id.
    static let applicationID: Int32 = 0x4B49_5354
    /// SQLite's user version: the format of the vault's file.
    static let formatVersion: Int32 = 1

    private let bytes: [UInt8]
    private let size: Int64

    /// - Returns: `nil` for an empty file.
    static func read(_ path: String, size: Int64) throws(StoreError) -> FileHead? {
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            throw errno == ENOENT ? .absent : errno == EACCES ? .unsafeFile("it may not be read") : .io(code: errno)
        }
        defer { Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0 else { throw .io(code: errno) }
        return count == 0 ? nil : FileHead(bytes: Array(bytes[..<count]), size: size)
    }

    /// - Throws: `.newer` or `.damaged`.
    func check() throws(StoreError) {
        guard bytes.count == 100, Array(bytes[..<16]) == Array("SQLite format 3\0".utf8) else {
            throw .damaged("the file is not a vault")
        }
        guard number(68) == Self.applicationID else { throw .damaged("the file is not a vault") }
        let version = number(60)
        guard version <= Self.formatVersion else { throw .newer(version: Int(version)) }
        guard version == Self.formatVersion else {
            throw .damaged("the file's format version is not one that there was")
        }
        // SQLite takes a file whose unused last pages are missing for whole; one that was cut is not, whatever it lost.
        let pageSize = Int64(bytes[16]) << 8 | Int64(bytes[17])
        guard size >= Int64(UInt32(bitPattern: number(28))) * (pageSize == 1 ? 65_536 : pageSize) else {
            throw .damaged("the file was cut short")
        }
        try checkJournal()
    }

    /// A write-ahead log acknowledges writes into a file that was renamed away, and Debian 12's SQLite can reset it under a
    /// writer: a vault never has one.
    func checkJournal() throws(StoreError) {
        guard bytes.count < 20 || (bytes[18] == 1 && bytes[19] == 1) else {
            throw .damaged("the file is in write-ahead-log mode")
        }
    }

    private func number(_ offset: Int) -> Int32 {
        bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int32($1) }
    }
}
