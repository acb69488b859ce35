import GRDB
import Glibc
import KistStore
import Testing

@testable import StoreSQLite

/// Files whose pages were edited by hand: a tree that visits one page many times, rows there twice, rows of any size.
@Suite struct BentTreeTests {
    private static let size = 4_096

    /// Five levels with hundreds of links each to the same child: more rows than anybody can wait for.
    @Test(arguments: ["head", "page", "record"])
    func aTreeThatRepeatsItsChildrenEnds(table: String) throws {
        let test = try TestStore()
        var file = try bytes(test)
        let cell: [UInt8] =
            switch table {
            case "head": [3, 15, 12] + Array("x".utf8)
            case "page": [3, 1, 14, 7] + Array("z".utf8)
            default: [5, 44, 8, 14, 12] + [UInt8](repeating: 1, count: 16) + Array("o".utf8)
            }
        let payload = [UInt8(cell.count)] + cell
        let many = table == "record" ? 100 : 200
        var next = UInt32(file.count / Self.size) + 1
        file += Self.page(Array(repeating: payload, count: many), right: nil)
        var child = next
        next += 1
        for _ in 0..<4 {
            file += Self.page(Array(repeating: Self.number(child) + payload, count: many), right: child)
            child = next
            next += 1
        }
        let root = try self.root(test, table)
        let top = Self.page(Array(repeating: Self.number(child) + payload, count: many), right: child)
        file.replaceSubrange((root - 1) * Self.size..<root * Self.size, with: top)
        file.replaceSubrange(28..<32, with: Self.number(next - 1))
        try save(file, test)
        let store = try SQLiteStore.open(test.path)
        defer { store.close() }
        #expect {
            _ = try store.loadHead()
            try store.loadPages { _, _ in true }
            try store.scan(secretToo: false) { _, _ in true }
        } throws: { error in
            if case StoreError.damaged = error { true } else { false }
        }
    }

    /// The last word, whatever the other looks let through: two rows, joined with themselves 25 times.
    @Test func aStatementEndsWhenItsStepsAreUsedUp() throws {
        let test = try TestStore()
        let connection = try Connection(test.path, try FileIdentity.read(test.path))
        func rows(_ tables: Int) throws -> Int? {
            let names = (0..<tables).map { "record r\($0)" }.joined(separator: ", ")
            return try connection.queue.inDatabase { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(names)") }
        }
        #expect(try rows(5) == 32, "the control")
        #expect { _ = try rows(25) } throws: { error in (error as? DatabaseError)?.resultCode == .SQLITE_INTERRUPT }
        try connection.queue.close()
    }

    @Test func aRowThatIsThereTwiceIsRefused() throws {
        let test = try TestStore()
        var file = try bytes(test)
        let page = (try root(test, "record") - 1) * Self.size
        try #require(file[page] == 10 && file[page + 4] == 2)
        file[page + 10] = file[page + 8]
        file[page + 11] = file[page + 9]
        try save(file, test)
        let store = try SQLiteStore.open(test.path)
        defer { store.close() }
        #expect(throws: StoreError.damaged("a row is out of order or there twice")) {
            try store.scan(secretToo: true) { _, _ in true }
        }
    }

    @Test(arguments: ["head SET value", "record SET secret", "record SET overview", "page SET entries"])
    func aRowLargerThanAnyIsNotCopied(column: String) throws {
        let test = try TestStore()
        try test.bend("UPDATE \(column) = zeroblob(3000000)")
        #expect(throws: StoreError.damaged("a row is longer than SQLite's limit")) {
            let store = try SQLiteStore.open(test.path)
            defer { store.close() }
            _ = try store.loadHead()
            try store.loadPages { _, _ in true }
            try store.scan(secretToo: true) { _, _ in true }
        }
    }

    @Test func theLargestRowFits() throws {
        let test = try TestStore()
        var change = try test.next([5])
        change.added = [
            SealedRecord(
                place: TestStore.place(9), overview: [UInt8](repeating: 1, count: 400_000),
                secret: [UInt8](repeating: 1, count: 1_300_000))
        ]
        try test.store.commit(change)
        let read = try test.store.withRecord(at: TestStore.place(9), secretToo: true) {
            $0.overview.count + $0.secret.count
        }
        #expect(read == 1_700_000)
    }

    @Test(arguments: [
        "INSERT INTO sqlite_schema VALUES('table', 'zz', 'zz', 0, NULL)",
        "UPDATE sqlite_schema SET sql = NULL WHERE name = 'page'",
        "UPDATE sqlite_schema SET sql = CAST(x'FF41' AS TEXT) WHERE name = 'head'",
    ])
    func aSchemaWithoutTextIsRefused(bend: String) throws {
        let test = try TestStore()
        try test.bend("PRAGMA writable_schema = ON", bend)
        #expect {
            try SQLiteStore.open(test.path)
        } throws: { error in
            if case StoreError.damaged = error { true } else { false }
        }
    }

    /// A page of an index tree (SQLite's file format, section 1.6).
    private static func page(_ cells: [[UInt8]], right: UInt32?) -> [UInt8] {
        var page = [UInt8](repeating: 0, count: size)
        var end = size
        var pointers: [UInt8] = []
        for cell in cells {
            end -= cell.count
            page.replaceSubrange(end..<end + cell.count, with: cell)
            pointers += [UInt8(end >> 8), UInt8(end & 255)]
        }
        page[0] = right == nil ? 10 : 2
        page[3] = UInt8(cells.count >> 8)
        page[4] = UInt8(cells.count & 255)
        page[5] = UInt8(end >> 8)
        page[6] = UInt8(end & 255)
        if let right { page.replaceSubrange(8..<12, with: number(right)) }
        let start = right == nil ? 8 : 12
        page.replaceSubrange(start..<start + pointers.count, with: pointers)
        return page
    }

    private static func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }

    private func root(_ test: TestStore, _ table: String) throws -> Int {
        let queue = try DatabaseQueue(path: test.path)
        defer { try? queue.close() }
        let root = try queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [table])
        }
        return try #require(root)
    }

    private func bytes(_ test: TestStore) throws -> [UInt8] {
        test.store.close()
        let file = Glibc.open(test.path, O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(file, 0, SEEK_END)))
        try #require(pread(file, &bytes, bytes.count, 0) == bytes.count)
        return bytes
    }

    private func save(_ bytes: [UInt8], _ test: TestStore) throws {
        try test.overwrite(bytes, at: 0)
    }
}
