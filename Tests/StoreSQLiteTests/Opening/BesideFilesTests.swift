import GRDB
import Glibc
import KistStore
import Testing

@testable import StoreSQLite

/// What lies beside the vault's file, put there by whoever can write its folder.
@Suite struct BesideFilesTests {
    private let test: TestStore
    private var journal: String { "\(test.path)-journal" }
    private var victim: String { "\(test.folder)/other" }
    private let refusal = StoreError.unsafeFile("its journal names another file to be deleted")

    init() throws {
        test = try TestStore()
        try write([1], victim)
    }

    /// SQLite would open, follow and unlink the file that a super-journal names.
    @Test func aJournalThatNamesAnotherFileDeletesNothing() throws {
        try write(try Self.superJournal(of: test.path, naming: victim), journal)
        #expect(throws: refusal) { try test.store.loadHead() }
        #expect(throws: refusal) { try test.store.commit(StoreChange(expected: [4], manifest: [5])) }
        test.store.close()
        #expect(throws: refusal) { try SQLiteStore.open(test.path) }
        #expect(access(victim, F_OK) == 0)
        unlink(journal)
        #expect(try SQLiteStore.open(test.path).loadHead() != nil, "the control")
    }

    /// The look before and SQLite's own are two moments: what comes between them meets the VFS.
    @Test func aJournalThatComesAfterTheLookDeletesNothingEither() throws {
        try test.bend("PRAGMA user_version")
        let connection = try Connection(test.path, try FileIdentity.read(test.path))
        try write(try Self.superJournal(of: test.path, naming: victim), journal)
        #expect(throws: DatabaseError.self) {
            try connection.queue.inDatabase { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM head") }
        }
        #expect(access(victim, F_OK) == 0)
        try connection.queue.close()
        // The control: without the VFS the file is gone.
        let plain = try DatabaseQueue(path: test.path)
        _ = try? plain.inDatabase { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM head") }
        #expect(access(victim, F_OK) != 0)
        try plain.close()
    }

    @Test func onlyAPlainFileOfOnesOwnIsAJournal() throws {
        test.store.close()
        symlink(victim, journal)
        #expect(throws: StoreError.unsafeFile("its journal is not a regular file")) { try SQLiteStore.open(test.path) }
        unlink(journal)
        link(victim, journal)
        #expect(throws: StoreError.unsafeFile("its journal has more than one name (hard link)")) {
            try SQLiteStore.open(test.path)
        }
        unlink(journal)
        mkfifo(journal, 0o600)
        #expect(throws: StoreError.unsafeFile("its journal is not a regular file")) { try SQLiteStore.open(test.path) }
        unlink(journal)
        if geteuid() == 0 {
            try write([0], journal)
            chown(journal, 65_534, 65_534)
            #expect(throws: StoreError.unsafeFile("its journal belongs to another user")) {
                try SQLiteStore.open(test.path)
            }
            unlink(journal)
        }
        try write([0], "\(test.path)-wal")
        #expect(throws: StoreError.unsafeFile("a write-ahead log lies beside it")) { try SQLiteStore.open(test.path) }
        unlink("\(test.path)-wal")
        #expect(try SQLiteStore.open(test.path).loadHead() != nil, "the control")
    }

    @Test func noOtherFileIsEverOpened() throws {
        test.store.close()
        let connection = try Connection(test.path, try FileIdentity.read(test.path))
        for sql in ["ATTACH '\(victim)' AS more", "VACUUM INTO '\(test.folder)/copy'"] {
            #expect(throws: DatabaseError.self) {
                try connection.queue.writeWithoutTransaction { try $0.execute(sql: sql) }
            }
        }
        try connection.queue.close()
        #expect(access("\(test.folder)/copy", F_OK) != 0)
    }

    @Test(arguments: ["a b", "a%20b", "a?vfs=unix", "a#b", "ä", "a&mode=memory"])
    func anyPathCanBeAVaults(name: String) throws {
        test.store.close()
        let path = "\(test.folder)/\(name)"
        let store = try SQLiteStore.create(path)
        defer {
            store.close()
            unlink(path)
        }
        try store.commit(StoreChange(expected: nil, header: [1], manifest: [9]))
        store.close()
        #expect(try SQLiteStore.open(path).loadHead()?.manifest == [9])
        #expect(try FileIdentity.read(path).size > 0)
    }

    /// A journal without pages whose end names a super-journal (SQLite's file format, section 3).
    private static func superJournal(of path: String, naming victim: String) throws -> [UInt8] {
        let size: UInt32 = 4_096
        let magic: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        var journal = magic
        func put(_ number: UInt32) { withUnsafeBytes(of: number.bigEndian) { journal.append(contentsOf: $0) } }
        for number in [0, 77, UInt32(try FileIdentity.read(path).size) / size, 512, size] { put(number) }
        journal.append(contentsOf: [UInt8](repeating: 0, count: 512 - journal.count))
        put(0x4000_0000 / size + 1)
        journal += Array(victim.utf8)
        put(UInt32(victim.utf8.count))
        put(victim.utf8.reduce(0) { $0 + UInt32($1) })
        return journal + magic
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { Glibc.close(file) }
        try #require(Glibc.write(file, bytes, bytes.count) == bytes.count)
    }
}
