import KistCrypto
import KistModel
import KistStore
import KistVault
import SecretMemory
import Testing

/// Which revision wrote what a program gets: notes are revisions, and change nothing for it.
@Suite struct SinceTests {
    private let writing = WriteNote(who: "test", why: "test", when: TestVault.now)

    @discardableResult
    private func put(_ vault: Vault, _ secret: String, note: String? = nil, expiry: Expiry = .never) throws -> UInt64 {
        let item = PutItem(
            profile: .default, name: try name("db"), platform: "login",
            plain: [PlainField(name: try FieldName("username"), value: "ada")], secrets: [try FieldName("password")],
            expiry: expiry, note: note)
        return try vault.put([item], secrets: segments([secret]), note: writing)
    }

    private func overview(_ vault: Vault) throws -> Overview { try vault.overview(.default, try name("db")) }

    private func isSince(_ vault: Vault, _ revision: UInt64) throws -> Bool {
        let found = try overview(vault)
        return found.valuesRevision == revision && found.since == (found.revision == revision ? nil : revision)
    }

    private func policy(_ vault: Vault, _ policy: Policy) throws {
        _ = try vault.setPolicy(.default, try name("db"), policy, note: writing)
    }

    private func reject(_ vault: Vault, _ host: String) throws {
        _ = try vault.reject(.default, try name("db"), at: host, value: nil, field: nil, note: writing)
    }

    private func seal(_ vault: Vault) throws {
        let found = try overview(vault)
        let recipient = Identity(seed: SecretBytes(copyingExposed: [UInt8](repeating: 1, count: 32))).recipient
        let bundle = BundleNote(
            label: "ci.kist", recipient: recipient.description, sealed: TestVault.now, expiry: .never)
        try vault.note([bundle], with: [(profile: .default, name: found.name, revision: found.revision)], writing)
    }

    @Test func notesChangeNothingThatAProgramGets() throws {
        let test = try MemoryVault()
        let vault = test.vault
        let first = try put(vault, "one")
        #expect(try isSince(vault, first))
        try reject(vault, "a.example")
        try reject(vault, "b.example")
        try seal(vault)
        try policy(vault, .runOnly)
        try policy(vault, .confirm)
        try reject(vault, "c.example")
        #expect(try isSince(vault, first))
        // However many there are, and although the revision itself is forgotten by then.
        for _ in 0..<Vault.keptRevisions {
            try policy(vault, .allow)
            try policy(vault, .runOnly)
        }
        #expect(try vault.history(.default, try name("db")).allSatisfy { $0.revision != first })
        try test.reopen()
        try test.unlock()
        #expect(try isSince(test.vault, first))
        #expect(try overview(test.vault).since == first)
    }

    @Test func everyChangeOfWhatAProgramGetsIsANewOne() throws {
        let vault = try MemoryVault().vault
        let first = try put(vault, "one")
        // Words for people are none.
        try put(vault, "one", note: "for the nightly run")
        #expect(try isSince(vault, first))
        let second = try put(vault, "two", note: "for the nightly run")
        #expect(try isSince(vault, second))
        try reject(vault, "a.example")
        let third = try put(vault, "two", expiry: .at(Timestamp(seconds: TestVault.now.seconds + 60)))
        #expect(try isSince(vault, third))
        let fourth = try vault.restore(.default, try name("db"), revision: second, note: writing)
        #expect(try isSince(vault, fourth))
        _ = try vault.remove(.default, try name("db"))
        #expect(try put(vault, "two") > fourth)
        #expect(try overview(vault).since == nil)
    }

    /// Otherwise a write would tell whether it had guessed the value.
    @Test func thatAValueIsTheSameIsSaidOnlyWhereItIsShown() throws {
        let vault = try MemoryVault().vault
        for hidden in [Policy.runOnly, .confirm] {
            try put(vault, "one")
            try policy(vault, hidden)
            let again = try put(vault, "one")
            #expect(try isSince(vault, again))
            try policy(vault, .allow)
            #expect(try isSince(vault, again))
        }
    }
}
