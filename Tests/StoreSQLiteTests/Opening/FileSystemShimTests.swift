import GRDBSQLite
import Glibc
import Testing

@testable import StoreSQLite

/// The VFS by itself, asked as SQLite would ask it: each of its three doors holds alone, whatever the others do.
@Suite struct FileSystemShimTests {
    private let test: TestStore
    private let shim: UnsafeMutablePointer<sqlite3_vfs>

    init() throws {
        test = try TestStore()
        shim = try #require(sqlite3_vfs_find("kist"))
    }

    private func opens(_ path: String, _ kind: Int32) -> Bool {
        let size = Int(shim.pointee.szOsFile)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        let file = memory.assumingMemoryBound(to: sqlite3_file.self)
        var given: Int32 = 0
        // SQLite hands a name over with parameters behind it, each ended by a zero byte.
        let status = (path + "\0\0\0").withCString { name in
            shim.pointee.xOpen(shim, name, file, kind | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &given)
        }
        if let methods = file.pointee.pMethods { _ = methods.pointee.xClose(file) }
        return status == SQLITE_OK
    }

    private func make(_ path: String) throws {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        Glibc.close(file)
    }

    @Test func aVaultsJournalIsTheOnlyOtherFileThatIsOpened() {
        #expect(opens(test.path + "-journal", SQLITE_OPEN_MAIN_JOURNAL), "the control")
        let kinds = [
            SQLITE_OPEN_MAIN_JOURNAL, SQLITE_OPEN_SUPER_JOURNAL, SQLITE_OPEN_TEMP_DB, SQLITE_OPEN_TEMP_JOURNAL,
            SQLITE_OPEN_TRANSIENT_DB, SQLITE_OPEN_SUBJOURNAL, SQLITE_OPEN_WAL,
        ]
        for kind in kinds {
            for name in ["other", "other-journal", "vault-wal"] {
                let path = "\(test.folder)/\(name)"
                #expect(!opens(path, kind), "kind \(kind) of \(name)")
                #expect(access(path, F_OK) != 0, "kind \(kind) made \(name)")
            }
            if kind != SQLITE_OPEN_MAIN_JOURNAL { #expect(!opens(test.path + "-journal", kind), "kind \(kind)") }
        }
    }

    @Test func aVaultsJournalIsTheOnlyFileThatIsDeleted() throws {
        for path in [test.path, "\(test.folder)/other", "\(test.folder)/other-journal"] {
            try make(path)
            #expect(shim.pointee.xDelete(shim, path, 0) != SQLITE_OK, "\(path)")
            #expect(access(path, F_OK) == 0, "\(path)")
            if path != test.path { unlink(path) }
        }
        try make(test.path + "-journal")
        #expect(shim.pointee.xDelete(shim, test.path + "-journal", 0) == SQLITE_OK)
        #expect(access(test.path + "-journal", F_OK) != 0, "the control")
    }

    @Test func nobodyLearnsWhetherAnotherFileIsThere() throws {
        var found: Int32 = 7
        let other = "\(test.folder)/other"
        try make(other)
        #expect(shim.pointee.xAccess(shim, other, SQLITE_ACCESS_EXISTS, &found) != SQLITE_OK)
        #expect(found == 0)
        #expect(shim.pointee.xAccess(shim, test.path, SQLITE_ACCESS_EXISTS, &found) == SQLITE_OK)
        #expect(found == 1, "the control")
    }
}
