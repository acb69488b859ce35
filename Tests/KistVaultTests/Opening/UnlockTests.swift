import KistCrypto
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory
import StoreSQLite
import Testing

@Suite struct UnlockTests {
    /// Wrong passphrase, wrong file and a changed header cannot be told apart.
    @Test func oneAnswerForWrongPassphraseWrongFileAndTamperedTag() throws {
        let test = try TestVault()
        try test.vault.put("kumo")
        try test.reopen()
        #expect(throws: VaultError.wrongKey) { try test.unlock("incorrect horse") }
        #expect(throws: VaultError.wrongKey) { try test.unlock("") }
        #expect(!test.vault.isUnlocked)

        let other = try TestVault("another")
        try other.reopen()
        #expect(throws: VaultError.wrongKey) { try other.unlock() }

        let memory = try MemoryVault()
        memory.store.head!.header[memory.store.head!.header.count - 1] ^= 1
        try memory.reopen()
        #expect(throws: VaultError.wrongKey) { try memory.unlock() }
        #expect(try test.unlock() == .known, "the control")
    }

    @Test func theRecoveryCodeOpens() throws {
        let test = try TestVault()
        try test.vault.put("kumo")
        #expect(test.recoveryCode.split(separator: "-").map(\.count) == Array(repeating: 4, count: 7))
        try test.reopen()
        func open(_ text: String) throws -> AnchorStatus {
            try test.vault.unlock(recoveryCode: SecretBytes(copyingExposed: Array(text.utf8)), now: TestVault.now)
        }
        let wrong = RecoveryCode.encode(RecoveryCode.make()).withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(throws: VaultError.wrongKey) { try open(wrong) }
        #expect(throws: VaultError.self) { try open(String(test.recoveryCode.dropLast())) }
        #expect(try open(" " + test.recoveryCode.lowercased() + "\n") == .known)
        #expect(try test.vault.secrets("kumo") == ["s3cret"])
    }

    @Test func nothingWorksWhileLocked() throws {
        let test = try TestVault()
        try test.vault.put("kumo")
        test.vault.lock()
        #expect(test.vault.generation == nil && test.vault.credentialCount == nil && test.vault.anchorStatus == nil)
        #expect(throws: VaultError.locked) { try test.vault.list(nil) }
        #expect(throws: VaultError.locked) { try test.vault.secrets("kumo") }
        #expect(throws: VaultError.locked) { try test.vault.put("kumo") }
        #expect(throws: VaultError.locked) { try test.vault.remove(.default, try name("kumo")) }
        #expect(throws: VaultError.locked) { try test.vault.history(.default, try name("kumo")) }
        #expect(throws: VaultError.locked) { try test.vault.profiles() }
        #expect(throws: VaultError.locked) { try test.vault.verify() }
        _ = try test.unlock()
        #expect(try test.vault.secrets("kumo") == ["s3cret"])
    }

    @Test func aVaultIsNeverMadeOverAnother() throws {
        let test = try TestVault()
        #expect(throws: StoreError.exists) { try SQLiteStore.create(test.path) }
        let memory = try MemoryVault()
        #expect(throws: VaultError.vaultExists) {
            let key = SlotKey(challenge: .make(cost: .floor), key: SecretBytes.makeRandom(count: 32))
            _ = try Vault.create(in: memory.store, anchors: MemoryAnchors(), slotKey: key, now: TestVault.now)
        }
        #expect(throws: VaultError.absent) { try Vault.open(MemoryStore(), anchors: MemoryAnchors()) }
    }

    /// The memory of the keys is given back at lock: what is in use afterwards is what was in use before.
    @Test func lockingGivesUpEveryKey() async {
        await #expect(processExitsWith: .success) {
            let memory = try MemoryVault()
            memory.vault.lock()
            let before = LockedMemory.now.inUse
            for _ in 0..<5 {
                try memory.unlock()
                guard LockedMemory.now.inUse > before else { fatalError("keys are not in locked memory") }
                memory.vault.lock()
            }
            guard LockedMemory.now.inUse == before else { fatalError("a key outlived the lock") }
        }
    }

    @Test func factsTellTheCostAndTheSettings() throws {
        let test = try TestVault()
        try test.vault.put("kumo")
        let facts = try test.vault.facts()
        #expect(facts.slots == ["passphrase", "recovery"] && facts.costs == [.floor])
        #expect(facts.generation == 2 && facts.credentials == 1 && facts.rows == 1 && facts.epoch == 1)
        #expect(facts.store.journalMode == "delete" && facts.store.synchronous == 3 && facts.store.defensive)
        #expect(facts.fingerprint.description.count == 19)
    }
}
