import KistCrypto
import KistModel
import KistStore
import KistVault
import SecretMemory
import Testing

/// That a place refused a credential is noted; the credential itself stays whatever anybody says of it.
@Suite struct RejectionTests {
    private let writing = WriteNote(who: "test", why: "test", when: TestVault.now)

    private func item(unlessSame: Bool = false, expiry: Expiry = .never) throws -> PutItem {
        var item = PutItem(
            profile: .default, name: try name("git"), platform: "login",
            plain: [PlainField(name: try FieldName("username"), value: "ada")], secrets: [try FieldName("password")],
            expiry: expiry)
        item.unlessSame = unlessSame
        return item
    }

    @discardableResult
    private func put(_ vault: Vault, _ secret: String, unlessSame: Bool = false) throws -> UInt64 {
        try vault.put([item(unlessSame: unlessSame)], secrets: segments([secret]), note: writing)
    }

    private func reject(_ vault: Vault, _ host: String, _ value: String?) throws -> UInt64? {
        let secret: SecretBytes? = value.map { SecretBytes(copyingExposed: Array($0.utf8)) }
        return try vault.reject(
            .default, name("git"), at: host, value: secret, field: value == nil ? nil : FieldName("password"),
            note: writing)
    }

    private func hosts(_ vault: Vault) throws -> [String] {
        try vault.overview(.default, name("git")).rejections.map(\.host)
    }

    @Test func aRefusalIsNotedAndDestroysNothing() throws {
        let vault = try MemoryVault().vault
        let first = try put(vault, "one")
        #expect(try reject(vault, "a.example", "one") != nil)
        #expect(try reject(vault, "b.example:8443", nil) != nil)
        #expect(try hosts(vault) == ["a.example", "b.example:8443"])
        #expect(try vault.overview(.default, name("git")).rejections.first?.revision == first)
        #expect(try vault.secrets("git") == ["one"])
        // Once is enough.
        let before = vault.generation
        #expect(try reject(vault, "a.example", "one") != nil)
        #expect(vault.generation == before)
        // A change of the policy is no change of what was refused.
        _ = try vault.setPolicy(.default, name("git"), .runOnly, note: writing)
        #expect(try hosts(vault).count == 2)
        try put(vault, "two")
        #expect(try hosts(vault).isEmpty)
    }

    @Test func anotherValueThanTheOneThatWasRefusedIsLeftAlone() throws {
        let vault = try MemoryVault().vault
        try put(vault, "two")
        let before = vault.generation
        #expect(try reject(vault, "a.example", "one") == nil)
        #expect(try reject(vault, "a.example", "") == nil)
        #expect(try hosts(vault).isEmpty)
        #expect(vault.generation == before)
    }

    @Test func hostsAreNamesAndAFewOnly() throws {
        let vault = try MemoryVault().vault
        try put(vault, "one")
        for host in ["", "a b", "a\nb", "ä", String(repeating: "h", count: 256)] {
            #expect(throws: VaultError.self) { try reject(vault, host, nil) }
        }
        for number in 1...10 { _ = try reject(vault, "h\(number)", nil) }
        #expect(try hosts(vault) == (3...10).map { "h\($0)" })
        // Ten notes take the place of one revision: they push no secret out of the history.
        #expect(try vault.history(.default, name("git")).count == 2)
    }

    /// git says after each use that a login was good: the same values are written once.
    @Test func theSameValuesAreWrittenOnce() throws {
        let vault = try MemoryVault().vault
        let first = try put(vault, "one", unlessSame: true)
        #expect(try put(vault, "one", unlessSame: true) == first)
        #expect(vault.generation == first)
        #expect(try put(vault, "two", unlessSame: true) != first)
        _ = try reject(vault, "a.example", nil)
        let refused = vault.generation
        #expect(try put(vault, "two", unlessSame: true) != refused)
        #expect(try hosts(vault).isEmpty)
    }
}
