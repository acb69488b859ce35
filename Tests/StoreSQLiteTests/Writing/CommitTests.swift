import Glibc
import KistStore
import StoreSQLite
import Testing

@Suite struct CommitTests {
    @Test func whatWasCommittedIsReadBackByANewConnection() throws {
        let test = try TestStore()
        test.store.close()
        let store = try SQLiteStore.open(test.path)
        #expect(try store.loadHead() == StoredHead(header: [1, 2, 3], manifest: [4]))
        let row = try store.withRecord(at: TestStore.place(2), secretToo: true) { parts in
            (Array(parts.overview), Array(parts.secret))
        }
        #expect(row?.0 == TestStore.row(2).overview && row?.1 == TestStore.row(2).secret)
        #expect(try store.withRecord(at: TestStore.place(3), secretToo: true) { _ in true } == nil)
        var pages: [UInt32: [UInt8]] = [:]
        try store.loadPages {
            pages[$0] = Array($1)
            return true
        }
        #expect(pages == [0: [7, 7]])
    }

    @Test func rowsAndPagesAreAddedDroppedAndReplaced() throws {
        let test = try TestStore()
        var change = try test.next([5])
        change.header = [9]
        change.added = [TestStore.row(3)]
        change.removed = [TestStore.place(1), TestStore.place(77)]
        change.pages = [IndexPage(number: 0, bytes: []), IndexPage(number: 4_000_000_000, bytes: [1])]
        try test.store.commit(change)
        #expect(try test.places() == [TestStore.place(2), TestStore.place(3)])
        #expect(try test.store.loadHead() == StoredHead(header: [9], manifest: [5]))
        var pages: [UInt32] = []
        try test.store.loadPages { number, _ in
            pages.append(number)
            return true
        }
        #expect(pages == [4_000_000_000])
        var all = try test.next([6])
        all.replacesAllPages = true
        all.pages = [IndexPage(number: 1, bytes: [2])]
        try test.store.commit(all)
        pages = []
        try test.store.loadPages { number, _ in
            pages.append(number)
            return true
        }
        #expect(pages == [1])
    }

    @Test func aScanCanStopEarly() throws {
        let test = try TestStore()
        var seen = 0
        try test.store.scan(secretToo: true) { _, parts in
            seen += 1
            #expect(parts.secret.count == 300)
            return false
        }
        #expect(seen == 1)
    }

    @Test func aWriteForAnotherStateIsRefusedAndChangesNothing() throws {
        let test = try TestStore()
        var change = StoreChange(expected: [99], manifest: [5])
        change.added = [TestStore.row(3)]
        #expect(throws: StoreError.replaced) { try test.store.commit(change) }
        change.expected = nil
        #expect(throws: StoreError.replaced) { try test.store.commit(change) }
        #expect(try test.places().count == 2)
        #expect(try test.store.loadHead()?.manifest == [4])
    }

    @Test func aRowThatIsThereAlreadyUndoesTheWholeChange() throws {
        let test = try TestStore()
        var change = try test.next([5])
        change.added = [TestStore.row(3), TestStore.row(2)]
        #expect(throws: StoreError.damaged("there is a row already where a new one belongs")) {
            try test.store.commit(change)
        }
        #expect(try test.places().count == 2)
        #expect(try test.store.loadHead()?.manifest == [4])
    }

    /// A limit on the file's size stands for a full disk: the write is refused whole, reading and small writes go on.
    @Test func aFullDiskLosesNothing() async {
        await #expect(processExitsWith: .success) {
            let test = try TestStore()
            signal(SIGXFSZ, SIG_IGN)
            for kibibytes in stride(from: 40, through: 240, by: 10) {
                var limit = rlimit(rlim_cur: rlim_t(kibibytes * 1_024), rlim_max: rlim_t.max)
                guard setrlimit(__rlimit_resource_t(1), &limit) == 0 else { fatalError("no limit") }
                let head = try test.store.loadHead()
                var change = try test.next([UInt8(kibibytes)])
                change.added = (0..<500).map { TestStore.row(1_000 + $0, 2_000) }
                do {
                    try test.store.commit(change)
                    fatalError("there was room")
                } catch StoreError.full {
                }
                guard try test.store.loadHead() == head, try test.places().count == 2 else { fatalError("lost") }
                // Small changes still find room in a file of this size.
                var small = try test.next([UInt8(kibibytes), 1])
                small.removed = [TestStore.place(5)]
                try test.store.commit(small)
            }
            var none = rlimit(rlim_cur: rlim_t.max, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(1), &none)
            try test.store.reopen()
            guard try test.places().count == 2 else { fatalError("lost") }
        }
    }

    @Test func aReadOnlyFolderCanBeReadAndSaysSo() async {
        await #expect(processExitsWith: .success) {
            let test = try TestStore()
            test.store.close()
            if geteuid() == 0 {
                chown(test.path, 65_534, 65_534)
                chown(test.folder, 65_534, 65_534)
                guard setgid(65_534) == 0, setuid(65_534) == 0 else { fatalError("still root") }
            }
            chmod(test.folder, 0o500)
            let store = try SQLiteStore.open(test.path)
            guard try store.loadHead()?.manifest == [4] else { fatalError("not read") }
            do {
                try store.commit(StoreChange(expected: [4], manifest: [5]))
                fatalError("written")
            } catch StoreError.readOnly {
            }
            guard try store.loadHead()?.manifest == [4] else { fatalError("changed") }
            do {
                _ = try SQLiteStore.create("\(test.folder)/other")
                fatalError("made")
            } catch StoreError.readOnly {
            }
            chmod(test.folder, 0o700)
            try store.reopen()
            try store.commit(StoreChange(expected: [4], manifest: [5]))
        }
    }

    /// Killed in the middle of a write that had reached the file already: the journal puts it right.
    @Test func aHotJournalIsRolledBack() async throws {
        let test = try TestStore()
        test.store.close()
        setenv("KIST_TEST_STORE", test.path, 1)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            try HotJournal.make(String(cString: getenv("KIST_TEST_STORE")))
        }
        try #require(access("\(test.path)-journal", F_OK) == 0)
        let store = try SQLiteStore.open(test.path)
        #expect(try store.loadHead() == StoredHead(header: [1, 2, 3], manifest: [4]))
        #expect(access("\(test.path)-journal", F_OK) != 0)
        test.store = store
        #expect(try test.places() == [TestStore.place(1), TestStore.place(2)])
    }
}
