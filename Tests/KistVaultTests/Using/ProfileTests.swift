import KistModel
import KistTestKit
import KistVault
import Testing

@Suite struct ProfileTests {
    private let note = WriteNote(who: "test", why: "profile", when: TestVault.now)

    private func counts(_ vault: Vault) throws -> [String] { try vault.profiles().map { "\($0.name) \($0.count)" } }

    @Test func profilesAreCountedAndEmptyOnesKept() throws {
        let test = try MemoryVault()
        try test.vault.put("a")
        try test.vault.put("a", profile: "work")
        try test.vault.put("b", profile: "work")
        try test.vault.createProfile(try ProfileName("new"), note: note)
        let generation = test.vault.generation
        try test.vault.createProfile(try ProfileName("new"), note: note)
        #expect(test.vault.generation == generation)
        #expect(try counts(test.vault) == ["default 1", "new 0", "work 2"])
        #expect(test.vault.credentialCount == 3)
        #expect(names(try test.vault.list(try ProfileName("work"))) == ["a", "b"])
        #expect(try test.vault.list(nil).count == 3)
        try test.reopen()
        try test.unlock()
        #expect(try counts(test.vault) == ["default 1", "new 0", "work 2"])
    }

    @Test func aCopyIsWholeOrNotAtAll() throws {
        let test = try MemoryVault()
        try test.vault.put("a", [("api-key", "1"), ("pin", "2")], profile: "work")
        try test.vault.put("b", profile: "work")
        let (work, copy) = (try ProfileName("work"), try ProfileName("copy"))
        #expect(try test.vault.copyProfile(work, to: copy, note: note) == 2)
        #expect(try test.vault.secrets("a", profile: "copy") == ["1", "2"])
        #expect(throws: VaultError.exists(profile: copy, name: try name("a"))) {
            try test.vault.copyProfile(work, to: copy, note: note)
        }
        #expect(throws: VaultError.notFound(profile: try ProfileName("none"), name: nil, field: nil)) {
            try test.vault.copyProfile(try ProfileName("none"), to: copy, note: note)
        }
    }

    @Test func removingAProfileRemovesEverythingInIt() throws {
        let test = try MemoryVault()
        let work = try ProfileName("work")
        try test.vault.put("a")
        try test.vault.put("a", profile: "work")
        try test.vault.put("a", profile: "work")
        try test.vault.createProfile(work, note: note)
        #expect(try test.vault.removeProfile(work) == 1)
        #expect(try counts(test.vault) == ["default 1"])
        #expect(test.store.rows.count == 1)
        #expect(throws: VaultError.notFound(profile: work, name: nil, field: nil)) {
            try test.vault.removeProfile(work)
        }
        #expect(try test.vault.verify() == 1)
    }
}
