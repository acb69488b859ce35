import Glibc
import KistStore
import KistTestKit
import StoreSQLite
import Synchronization
import Testing

/// The lock that one read leaves to the next, seen by a second connection that wants to write.
@Suite struct HeldLockTests {
    private static func read(_ store: SQLiteStore, _ number: UInt64 = 1) throws -> [UInt8]? {
        try store.withRecord(at: TestStore.place(number), secretToo: false) { Array($0.overview) }
    }

    @Test func readsInARowKeepWritersOutAndLetThemInAtTheirEnd() throws {
        let test = try TestStore()
        let other = try SQLiteStore.open(test.path)
        defer { other.close() }
        test.store.beginReading()
        #expect(try Self.read(test.store) == TestStore.row(1).overview)
        let change = StoreChange(expected: [4], manifest: [5])
        #expect(throws: StoreError.busy) { try other.commit(change) }
        test.store.endReading()
        try other.commit(change)
        #expect(try test.store.loadHead()?.manifest == [5])
        // Without a beginning every read lets go by itself.
        _ = try Self.read(test.store)
        try other.commit(StoreChange(expected: [5], manifest: [6]))
    }

    @Test func readersWithoutAPauseLetWritersIn() throws {
        let test = try TestStore()
        let other = try SQLiteStore.open(test.path)
        defer { other.close() }
        let isDone = Atomic(false)
        let reader = Reader(test.store)
        let writer = Reader(other)
        inParallel(2) { index in
            if index == 0 {
                while !isDone.load(ordering: .relaxed) { reader.read() }
                reader.store.endReading()
            } else {
                for number: UInt8 in 4..<14 { writer.commit(after: number) }
                isDone.store(true, ordering: .relaxed)
            }
        }
        #expect(try test.store.loadHead()?.manifest == [14])
    }

    /// One store, used by one thread; what fails ends the tests.
    private final class Reader: @unchecked Sendable {  // one thread at a time
        let store: SQLiteStore
        init(_ store: SQLiteStore) { self.store = store }

        func read() {
            store.beginReading()
            do { _ = try HeldLockTests.read(store) } catch StoreError.busy {} catch { fatalError("\(error)") }
        }

        func commit(after number: UInt8) {
            do { try store.commit(StoreChange(expected: [number], manifest: [number + 1])) } catch {
                fatalError("\(number): \(error)")
            }
        }
    }

    @Test func everyOtherVerbLetsGoByItself() throws {
        let test = try TestStore()
        test.store.beginReading()
        _ = try Self.read(test.store)
        var change = StoreChange(expected: [4], manifest: [5])
        change.added = [TestStore.row(3)]
        try test.store.commit(change)
        #expect(try Self.read(test.store, 3) == TestStore.row(3).overview)
        #expect(try test.places().count == 3)
        _ = try Self.read(test.store)
        try test.store.reopen()
        #expect(try Self.read(test.store) == TestStore.row(1).overview)
    }

    @Test func aFileThatTookItsPlaceIsNoticedBetweenTwoReads() throws {
        let test = try TestStore()
        let (copy, aside) = (test.folder + "/other", test.folder + "/aside")
        try #require(Command.run(["/bin/cp", "-p", test.path, copy]).status == 0)
        // Again and again, so that it happens within the moment for which the lock is held.
        for _ in 0..<20 {
            test.store.beginReading()
            _ = try Self.read(test.store)
            try #require(rename(test.path, aside) == 0 && rename(copy, test.path) == 0)
            #expect(throws: StoreError.replaced) { try Self.read(test.store) }
            test.store.endReading()
            #expect(throws: StoreError.replaced) { try Self.read(test.store) }
            try #require(rename(test.path, copy) == 0 && rename(aside, test.path) == 0)
        }
    }
}
