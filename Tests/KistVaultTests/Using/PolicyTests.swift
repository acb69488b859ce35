import KistModel
import KistStore
import KistVault
import SecretMemory
import Testing

/// A policy stays with its credential, whatever is done to it but one thing.
@Suite struct PolicyTests {
    private let note = WriteNote(who: "test", why: "policy", when: TestVault.now)

    private func item(_ name: String, _ policy: Policy? = nil) throws -> PutItem {
        PutItem(
            profile: .default, name: try CredentialName(name), platform: "kumo", secrets: [try FieldName("api-key")],
            policy: policy)
    }

    private func put(_ vault: Vault, _ item: PutItem) throws {
        try vault.put([item], secrets: segments(["s3cret"]), note: note)
    }

    private func policy(_ vault: Vault, _ text: String, _ profile: ProfileName = .default) throws -> Policy {
        try vault.overview(profile, try name(text)).policy
    }

    @Test func itIsStoredAndComesBack() throws {
        let test = try MemoryVault()
        for policy in Policy.allCases { try put(test.vault, try item("is-\(policy.rawValue)", policy)) }
        try test.reopen()
        try test.unlock()
        for policy in Policy.allCases { #expect(try self.policy(test.vault, "is-\(policy.rawValue)") == policy) }
        #expect(try test.vault.list(.default).map(\.policy).count == Policy.allCases.count)
    }

    @Test func replacingRestoringAndCopyingKeepIt() throws {
        let vault = try MemoryVault().vault
        try put(vault, try item("kumo"))
        let open = try vault.overview(.default, try name("kumo")).revision
        let guarded = try vault.setPolicy(.default, try name("kumo"), .confirm, note: note)
        #expect(guarded > open)
        try put(vault, try item("kumo"))
        #expect(try policy(vault, "kumo") == .confirm)
        // The revision that comes back was open to all; what comes back is not.
        _ = try vault.restore(.default, try name("kumo"), revision: open, note: note)
        #expect(try policy(vault, "kumo") == .confirm)
        let other = try ProfileName("other")
        _ = try vault.copyProfile(.default, to: other, note: note)
        #expect(try policy(vault, "kumo", other) == .confirm)
        #expect(try vault.secrets("kumo", profile: "other") == ["s3cret"])
    }

    @Test func aWriteDoesNotTakeConfirmAway() throws {
        let vault = try MemoryVault().vault
        try put(vault, try item("kumo", .confirm))
        for looser in [Policy.allow, .runOnly] {
            let change = try item("kumo", looser)
            #expect(throws: VaultError.self) { try put(vault, change) }
        }
        #expect(try policy(vault, "kumo") == .confirm)
        let revision = try vault.overview(.default, try name("kumo")).revision
        #expect(try vault.setPolicy(.default, try name("kumo"), .confirm, note: note) == revision)
        _ = try vault.setPolicy(.default, try name("kumo"), .allow, note: note)
        #expect(try policy(vault, "kumo") == .allow)
        #expect(try vault.secrets("kumo") == ["s3cret"])
        #expect(throws: VaultError.self) { try vault.setPolicy(.default, try name("none"), .allow, note: note) }
    }
}
