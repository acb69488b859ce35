import Glibc
import KistStore
import Testing

@testable import StoreSQLite

@Suite struct OpeningTests {
    @Test func theFileAndItsFolderAreTheOwnersAlone() throws {
        let test = try TestStore()
        umask(0)
        defer { umask(0o022) }
        let path = "\(test.folder)/new/deeper/vault.kist"
        let store = try SQLiteStore.create(path)
        defer {
            store.close()
            unlink(path)
            rmdir("\(test.folder)/new/deeper")
            rmdir("\(test.folder)/new")
        }
        try store.commit(StoreChange(expected: nil, header: [1], manifest: [1]))
        #expect(mode(path) == 0o600)
        #expect(mode("\(test.folder)/new") == 0o700 && mode("\(test.folder)/new/deeper") == 0o700)
    }

    @Test func everySettingIsReadBack() throws {
        let test = try TestStore()
        let facts = try test.store.facts()
        #expect(facts.journalMode == "delete")
        #expect(facts.synchronous == 3)
        #expect(facts.secureDelete && facts.cellSizeCheck && facts.defensive)
        #expect(!facts.trustedSchema)
        #expect(facts.temporaryStore == 2)
        #expect(facts.engine.hasPrefix("SQLite 3."))
        #expect(facts.size > 0)
    }

    @Test func noFileAndAnEmptyFileAreNoVault() throws {
        let test = try TestStore()
        test.store.close()
        unlink(test.path)
        #expect(throws: StoreError.absent) { try SQLiteStore.open(test.path) }
        #expect(throws: StoreError.absent) { try SQLiteStore.open("\(test.folder)/none/vault.kist") }
        let empty = try SQLiteStore.create(test.path)
        #expect(try empty.loadHead() == nil)
        empty.close()
        #expect(throws: StoreError.absent) { try SQLiteStore.open(test.path) }
        // What an init that was cut off left behind can be taken over.
        let again = try SQLiteStore.create(test.path)
        try again.commit(StoreChange(expected: nil, header: [1], manifest: [1]))
        again.close()
        #expect(throws: StoreError.exists) { try SQLiteStore.create(test.path) }
    }

    @Test func aNewerFormatIsNamed() throws {
        let test = try TestStore()
        try test.bend("PRAGMA user_version = 2")
        #expect(throws: StoreError.newer(version: 2)) { try SQLiteStore.open(test.path) }
        try test.bend("PRAGMA user_version = 0")
        #expect(throws: StoreError.self) { try SQLiteStore.open(test.path) }
    }

    @Test(arguments: [
        "CREATE TABLE more(a)", "CREATE INDEX more ON record(revision)", "CREATE VIEW more AS SELECT 1",
        "CREATE TRIGGER more AFTER INSERT ON record BEGIN DELETE FROM record; END", "DROP TABLE page",
        "ALTER TABLE head ADD COLUMN more", "PRAGMA application_id = 1",
    ])
    func aSchemaThatIsNotOursIsRefused(bend: String) throws {
        let test = try TestStore()
        try test.bend(bend)
        #expect {
            try SQLiteStore.open(test.path)
        } throws: { error in
            if case StoreError.damaged = error { true } else { false }
        }
    }

    @Test func otherFilesAreNotVaults() throws {
        let test = try TestStore()
        try test.overwrite(Array("this is a text, not a database".utf8), at: 0)
        #expect(throws: StoreError.damaged("the file is not a vault")) { try SQLiteStore.open(test.path) }
        truncate(test.path, 50)
        #expect(throws: StoreError.damaged("the file is not a vault")) { try SQLiteStore.open(test.path) }
    }

    /// The gate against a write-ahead log, each side flipped.
    @Test func aWriteAheadLogIsRefused() throws {
        #expect(EngineGate.isSafe(version: 3_040_001, journalMode: "delete", isOnlyWriter: false))
        #expect(!EngineGate.isSafe(version: 3_040_001, journalMode: "wal", isOnlyWriter: false))
        #expect(!EngineGate.isSafe(version: 3_051_002, journalMode: "wal", isOnlyWriter: false))
        #expect(EngineGate.isSafe(version: 3_051_003, journalMode: "wal", isOnlyWriter: false))
        #expect(EngineGate.isSafe(version: 3_040_001, journalMode: "wal", isOnlyWriter: true))
        #expect(throws: StoreError.unsafeFile("the journal is not a rollback journal")) {
            try EngineGate.check(version: 3_051_003, journalMode: "memory")
        }
        #expect(throws: StoreError.unsafeFile("SQLite is older than 3.40.1")) {
            try EngineGate.check(version: 3_039_000, journalMode: "delete")
        }
        let test = try TestStore()
        try test.bend("PRAGMA journal_mode = WAL")
        #expect(throws: StoreError.damaged("the file is in write-ahead-log mode")) { try SQLiteStore.open(test.path) }
        try test.bend("PRAGMA journal_mode = DELETE")
        #expect(try SQLiteStore.open(test.path).loadHead() != nil, "the control")
    }

    @Test func aFileThatOthersCanTouchIsRefused() throws {
        let test = try TestStore()
        test.store.close()
        chmod(test.path, 0o644)
        #expect(throws: StoreError.unsafeFile("other users may read or write it (its mode is not 0600)")) {
            try SQLiteStore.open(test.path)
        }
        chmod(test.path, 0o600)
        link(test.path, "\(test.folder)/other")
        #expect(throws: StoreError.unsafeFile("it has more than one name (hard link)")) {
            try SQLiteStore.open(test.path)
        }
        unlink("\(test.folder)/other")
        rename(test.path, "\(test.folder)/other")
        symlink("\(test.folder)/other", test.path)
        #expect(throws: StoreError.unsafeFile("it is not a regular file")) { try SQLiteStore.open(test.path) }
        unlink(test.path)
        rename("\(test.folder)/other", test.path)
        chmod(test.folder, 0o777)
        #expect(throws: StoreError.unsafeFile("other users may write to its folder")) {
            try SQLiteStore.open(test.path)
        }
        chmod(test.folder, 0o700)
        if geteuid() == 0 {
            chown(test.path, 65_534, 65_534)
            #expect(throws: StoreError.unsafeFile("it belongs to another user")) { try SQLiteStore.open(test.path) }
            chown(test.path, 0, 0)
        }
        #expect(try SQLiteStore.open(test.path).loadHead() != nil, "the control")
    }

    @Test func aFileThatWasReplacedIsNoticedBeforeEachUse() throws {
        let test = try TestStore()
        let other = try TestStore()
        other.store.close()
        _ = try test.store.loadHead()
        rename(other.path, test.path)
        #expect(throws: StoreError.replaced) { try test.store.loadHead() }
        #expect(throws: StoreError.replaced) {
            try test.store.withRecord(at: TestStore.place(1), secretToo: true) { _ in 1 }
        }
        #expect(throws: StoreError.replaced) { try test.store.commit(StoreChange(expected: [4], manifest: [5])) }
        unlink(test.path)
        #expect(throws: StoreError.replaced) { try test.store.scan(secretToo: true) { _, _ in true } }
    }

    private func mode(_ path: String) -> UInt32 {
        var facts = stat()
        return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
    }
}
