import KistModel
import KistTestKit
import KistVault
import Testing

@Suite struct HistoryTests {
    @Test func tenOlderRevisionsAreKept() throws {
        let test = try MemoryVault()
        for number in 1...14 { try test.vault.put("kumo", [("api-key", "v\(number)")]) }
        let history = try test.vault.history(.default, try name("kumo"))
        #expect(history.map(\.revision) == (5...15).reversed().map { UInt64($0) })
        #expect(history.allSatisfy { $0.who == "test" && $0.why == "add" && $0.when == TestVault.now })
        #expect(test.store.rows.count == 11)
        #expect(try test.vault.verify() == 11)
    }

    @Test func anOlderRevisionIsWrittenAgainAsTheNewest() throws {
        let test = try MemoryVault()
        let first = try test.vault.put("kumo", [("api-key", "one"), ("pin", "1")], plain: [("url", "u")], note: "n")
        try test.vault.put("kumo", [("api-key", "two")])
        let note = WriteNote(
            who: "test", why: "restore of \(first)", when: Timestamp(seconds: TestVault.now.seconds + 9))
        let revision = try test.vault.restore(.default, try name("kumo"), revision: first, note: note)
        #expect(revision == 4)
        #expect(try test.vault.secrets("kumo") == ["one", "1"])
        let overview = try test.vault.overview(.default, try name("kumo"))
        #expect(overview.plainValue(try FieldName("url")) == "u" && overview.note == "n")
        #expect(overview.created == TestVault.now && overview.modified == note.when)
        #expect(try test.vault.history(.default, try name("kumo")).first?.why == "restore of 2")
        #expect(throws: VaultError.noRevision(profile: .default, name: try name("kumo"), revision: 99)) {
            try test.vault.restore(.default, try name("kumo"), revision: 99, note: note)
        }
    }
}
