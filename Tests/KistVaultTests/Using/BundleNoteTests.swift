import KistCrypto
import KistModel
import KistStore
import KistVault
import SecretMemory
import Testing

/// The vault knows into which bundles a credential was sealed, and which of them hold something older.
@Suite struct BundleNoteTests {
    private let writing = WriteNote(who: "test", why: "seal", when: TestVault.now)
    private let recipient = Identity(seed: SecretBytes(copyingExposed: [UInt8](repeating: 1, count: 32))).recipient

    private func bundle(_ label: String) -> BundleNote {
        BundleNote(
            label: label, recipient: recipient.description, sealed: TestVault.now,
            expiry: .at(Timestamp(seconds: TestVault.now.seconds + 60)))
    }

    private func put(_ vault: Vault, _ secret: String, note: String? = nil) throws {
        let item = PutItem(
            profile: .default, name: try name("kumo"), platform: "kumo", secrets: [try FieldName("api-key")], note: note
        )
        try vault.put([item], secrets: segments([secret]), note: writing)
    }

    private func seal(_ vault: Vault, _ label: String) throws {
        let overview = try vault.overview(.default, try name("kumo"))
        try vault.note(
            [bundle(label)], with: [(profile: .default, name: overview.name, revision: overview.revision)], writing)
    }

    private func bundles(_ vault: Vault) throws -> [BundleNote] {
        try vault.overview(.default, try name("kumo")).bundles
    }

    @Test func aBundleIsNotedUntilTheCredentialChangesAndStaleFromThen() throws {
        let test = try MemoryVault()
        try put(test.vault, "one")
        try seal(test.vault, "ci.kist")
        try seal(test.vault, "nightly.kist")
        #expect(try bundles(test.vault) == [bundle("ci.kist"), bundle("nightly.kist")])
        #expect(try test.vault.secrets("kumo") == ["one"])
        try test.reopen()
        try test.unlock()
        #expect(try bundles(test.vault).map(\.isStale) == [false, false])
        // What a bundle does not hold makes it no older.
        try put(test.vault, "one", note: "seen")
        #expect(try bundles(test.vault).map(\.isStale) == [false, false])
        try put(test.vault, "two", note: "seen")
        #expect(try bundles(test.vault).map(\.isStale) == [true, true])
        try seal(test.vault, "ci.kist")
        #expect(try bundles(test.vault).map(\.label) == ["nightly.kist", "ci.kist"])
        #expect(try bundles(test.vault).map(\.isStale) == [true, false])
        _ = try test.vault.setPolicy(.default, try name("kumo"), .confirm, note: writing)
        #expect(try bundles(test.vault).map(\.isStale) == [true, true])
    }

    @Test func sealingDoesNotPushSecretsOutOfTheHistory() throws {
        let vault = try MemoryVault().vault
        for round in 0..<Vault.keptRevisions { try put(vault, "secret \(round)") }
        for round in 0..<40 { try seal(vault, "\(round).kist") }
        let history = try vault.history(.default, try name("kumo"))
        // Ten that were put, and one with the bundles.
        #expect(history.count == Vault.keptRevisions + 1)
        #expect(try bundles(vault).count == BundleNote.most)
        #expect(try bundles(vault).last?.label == "39.kist")
        _ = try vault.restore(.default, try name("kumo"), revision: try #require(history.last).revision, note: writing)
        #expect(try vault.secrets("kumo") == ["secret 0"])
        #expect(try bundles(vault).allSatisfy(\.isStale))
    }

    @Test func aCredentialThatChangedMeanwhileIsNotNoted() throws {
        let vault = try MemoryVault().vault
        try put(vault, "one")
        let sealed = try vault.overview(.default, try name("kumo")).revision
        try put(vault, "two")
        #expect(throws: VaultError.self) {
            try vault.note(
                [bundle("ci.kist")], with: [(profile: .default, name: try name("kumo"), revision: sealed)], writing)
        }
        #expect(try bundles(vault).isEmpty)
        #expect(throws: VaultError.self) {
            try vault.note(
                [bundle("ci.kist")], with: [(profile: .default, name: try name("none"), revision: sealed)], writing)
        }
    }

    @Test func aCopyIsInNoBundle() throws {
        let vault = try MemoryVault().vault
        try put(vault, "one")
        try seal(vault, "ci.kist")
        let other = try ProfileName("other")
        _ = try vault.copyProfile(.default, to: other, note: writing)
        #expect(try vault.overview(other, try name("kumo")).bundles.isEmpty)
    }
}
