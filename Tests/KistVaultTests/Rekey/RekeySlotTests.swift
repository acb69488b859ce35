import Glibc
import KistCrypto
import KistModel
import KistStore
import KistTestKit
import SecretMemory
import StoreSQLite
import Testing

@testable import KistVault

/// The ways in, when the root is changed.
@Suite struct RekeySlotTests {
    @Test func aFormerPassphraseKeyOpensNothing() throws {
        let test = try RekeyVault()
        let challenge = SlotChallenge.make(cost: .floor)
        let kek = SecretBytes.makeRandom(count: 32)
        let fingerprint = test.vault.fingerprint
        #expect(throws: VaultError.wrongKey) {
            try test.vault.changeRoot(
                SlotKey(challenge: challenge, key: kek.copy()), stored: SecretSegments(),
                proof: .passphrase(SlotKey(challenge: test.old, key: kek.copy())), now: TestVault.now)
        }
        #expect(test.vault.rekeyStatus == nil)
        try change(test, challenge, kek)
        #expect(test.vault.fingerprint != fingerprint)
        for isDone in [false, true] {
            if isDone { try test.advance() }
            #expect((test.vault.rekeyStatus == nil) == isDone)
            try test.reopen()
            for slot in test.vault.challenges {
                #expect(throws: VaultError.wrongKey) {
                    try test.vault.unlock(
                        with: SlotKey(challenge: slot, key: test.oldKEK.copy()), now: TestVault.now)
                }
            }
            #expect(throws: VaultError.wrongKey) { try test.unlock(old: true) }
            try test.vault.unlock(with: SlotKey(challenge: challenge, key: kek.copy()), now: TestVault.now)
        }
        #expect(try test.vault.verify() == test.store.rows.count)
    }

    @Test func recoveryAndRecipientsStayAndAStoredKeyStaysWhenItIsGiven() throws {
        let test = TestBed()
        let store = MemoryStore()
        let created = try Vault.create(
            in: WatchedStore(store), anchors: test.anchors,
            slotKey: SlotKey(challenge: test.old, key: test.kek.copy()), now: TestVault.now)
        let vault = created.vault
        let code = created.takeRecoveryCode()
        try vault.put("kumo")
        func proof() -> Opener { .passphrase(SlotKey(challenge: test.old, key: test.kek.copy())) }
        let kept = SecretBytes.makeRandom(count: 32)
        let lost = SecretBytes.makeRandom(count: 32)
        for key in [0, 1] {
            _ = try vault.addSlot(
                .stored(KeptKey(.keyFile, key == 0 ? kept.copy() : lost.copy())), label: "file \(key)",
                proof: proof(),
                now: TestVault.now)
        }
        #expect(try vault.facts().hasEndedSlot == false)
        let challenge = SlotChallenge.make(cost: .floor)
        let kek = SecretBytes.makeRandom(count: 32)
        try vault.changeRoot(
            SlotKey(challenge: challenge, key: kek.copy()), stored: SecretSegments(kept.copy()), proof: proof(),
            now: TestVault.now)
        while try vault.advanceRekey(most: 100, isEnough: { false }) {}
        #expect(vault.publicSlots.map(\.sort) == [.passphrase, .recovery, .keyFile])
        #expect(try vault.slots().last?.sealed?.label == "file 0")
        vault.lock()
        let again = try Vault.open(WatchedStore(store), anchors: test.anchors)
        #expect(try again.unlock(recoveryCode: code, now: TestVault.now) == .known)
        #expect(try again.secrets("kumo") == ["s3cret"])
        again.lock()
        #expect(throws: VaultError.wrongKey) { try again.unlock(with: .stored(lost.copy()), now: TestVault.now) }
        #expect(try again.unlock(with: .stored(kept.copy()), now: TestVault.now) == .known)
        #expect(try again.secrets("kumo") == ["s3cret"])
        // What doctor recommends after a way in has ended, and no more after the next change.
        let file = try #require(again.publicSlots.last)
        try again.removeSlot(
            file.id, proof: .passphrase(SlotKey(challenge: challenge, key: kek.copy())), now: TestVault.now)
        #expect(try again.facts().hasEndedSlot == true)
        let third = SlotChallenge.make(cost: .floor)
        try again.changeRoot(
            SlotKey(challenge: third, key: kek.copy()), stored: SecretSegments(),
            proof: .passphrase(SlotKey(challenge: challenge, key: kek.copy())), now: TestVault.now)
        #expect(try again.facts().hasEndedSlot == false)
    }

    /// On a real file: what SQLite frees it overwrites.
    @Test func theFileHoldsNoByteOfTheFormerWraps() throws {
        let test = try TestVault()
        for number in 0..<30 { try test.vault.put("n\(number)", [("api-key", "v\(number)")]) }
        let former = test.vault.header
        let challenge = SlotChallenge.make(cost: .floor)
        let key = try TestVault.key("correct horse", try #require(test.vault.challenges.first))
        try test.vault.changeRoot(
            try TestVault.key("correct horse", challenge), stored: SecretSegments(), proof: .passphrase(key),
            now: TestVault.now)
        try #expect(Self.found(former.slots.flatMap { [$0.wrapped, $0.commitment, $0.info] }, test.path) == 0)
        while try test.vault.advanceRekey(most: 10, isEnough: { false }) {}
        let wraps = former.slots.flatMap { [$0.wrapped, $0.commitment, $0.info] } + former.epochs.map(\.box)
        try #expect(Self.found(wraps, test.path) == 0)
        try #expect(Self.found(test.vault.header.slots.map(\.wrapped), test.path) == 2, "the control")
        #expect(try test.vault.verify() == 30)
    }

    private static func found(_ wanted: [[UInt8]], _ path: String) throws -> Int {
        let file = try Bytes.load(path)
        return wanted.count { RekeyVault.find($0, in: file) }
    }

    private func change(_ test: RekeyVault, _ challenge: SlotChallenge, _ kek: borrowing SecretBytes) throws {
        try test.vault.changeRoot(
            SlotKey(challenge: challenge, key: kek.copy()), stored: SecretSegments(),
            proof: .passphrase(SlotKey(challenge: test.old, key: test.oldKEK.copy())), now: TestVault.now)
    }

    private final class TestBed {
        let anchors = MemoryAnchors()
        let old = SlotChallenge.make(cost: .floor)
        let kek = SecretBytes.makeRandom(count: 32)
    }
}
