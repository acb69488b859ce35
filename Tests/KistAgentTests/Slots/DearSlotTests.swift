import KistClient
import KistCrypto
import KistModel
import KistProtocol
import KistTestKit
import KistVault
import SecretMemory
import StoreSQLite
import Testing

/// One passphrase that costs more than this machine allows does not lock out the others.
struct DearSlotTests {
    private final class NoAnchors: AnchorStore {
        func load() throws(AnchorStoreError) -> [UInt8]? { nil }
        func save(_ anchor: [UInt8]) throws(AnchorStoreError) {}
    }

    /// A vault whose first slot was made on a larger machine; the second one is the tests' passphrase.
    private func make(_ path: String) throws {
        let dear = SlotChallenge.make(cost: Argon2Cost(passes: 2, memory: 1 << 31))
        let kek = SecretBytes.makeRandom(count: 32)
        let store = try SQLiteStore.create(path)
        defer { store.close() }
        let now = Timestamp(seconds: 1_800_000_000)
        let vault = try Vault.create(
            in: store, anchors: NoAnchors(), slotKey: SlotKey(challenge: dear, key: kek.copy()), now: now
        ).vault
        let key = try KeyDerivation.derive(
            SecretBytes(copyingExposed: TestAgent.passphrase), factor: SecretBytes(count: 0) { _ in },
            for: .make(cost: .floor))
        _ = try vault.addSlot(
            .passphrase(key), label: "", proof: .passphrase(SlotKey(challenge: dear, key: kek.copy())), now: now)
        vault.lock()
    }

    @Test func theNextSlotIsTriedAndTheDearOneReportedLast() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        try make(agent.places.vault)
        let client = try agent.connect()
        #expect(try client.unlock().result != nil)
        // As a proof, and for a backup.
        let proof: JSONValue = ["proof": ["with": "passphrase"]]
        #expect(try client.call(.slotTest, proof, [TestAgent.passphrase]).result != nil)
        let connection = try agent.open()
        #expect(try connection.handOver(try connection.backupBytes(), .check).credentials == 0)

        _ = try client.call(.lock)
        #expect(try client.unlock(Array("wrong".utf8)).kind == "tooLarge")
        // It counts as a wrong one all the same.
        #expect(try client.unlock().kind == "wait")
        agent.clock.advance(milliseconds: 100)
        #expect(try client.unlock().result != nil)
    }
}
