import KistCrypto
import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// What may be changed, by whom, and what stays.
@Suite struct SlotRuleTests {
    @Test func onlyAKeyOfTheVaultMayChangeItsSlots() throws {
        let test = try SlotVault()
        let strangers = SlotSort.allCases.map { Way($0) }
        let generation = test.vault.generation
        for stranger in strangers where stranger.sort != .recovery {
            #expect(throws: VaultError.wrongKey, "\(stranger.sort)") {
                try Way(.keyFile).add(to: test.vault, proof: stranger)
            }
            #expect(throws: VaultError.wrongKey) { try test.base.remove(from: test.vault, proof: stranger) }
            #expect(throws: VaultError.wrongKey) {
                _ = try test.base.change(in: test.vault, to: Way(.passphrase), proof: stranger)
            }
            #expect(throws: VaultError.wrongKey) {
                _ = try test.vault.testSlot(nil, try stranger.opener(), now: TestVault.now)
            }
        }
        #expect(test.vault.generation == generation && test.sorts == [.passphrase])
        test.vault.lock()
        #expect(throws: VaultError.locked) { try Way(.keyFile).add(to: test.vault, proof: test.base) }
    }

    /// A slot in the header that a key opens, but around another root: no proof.
    @Test func aPlantedRootProvesNothing() throws {
        let test = try SlotVault()
        let keys = try #require(test.vault.keys)
        let other = Keys(root: RootKey.make(), vaultID: keys.vaultID, incarnation: keys.incarnation)
        let key = SecretBytes.makeRandom(count: 32)
        var planted = Slot.storing(other, key, .keyFile, now: TestVault.now)
        let bound = SlotKeys(kek: key, vaultID: keys.vaultID, slotID: planted.id, kind: planted.kindBytes)
        planted.commitment = SlotKeys.commitment(
            bound.commit, vaultPublicKey: test.vault.header.publicKey, wrapped: planted.wrapped)
        test.vault.header.slots.append(planted)
        let proof = try Opener.stored(bytes: key)
        #expect(try test.vault.header.slot(openedBy: proof).isAround(other.root), "the control")
        #expect(throws: VaultError.wrongKey) {
            try test.vault.removeSlot(try #require(test.base.id), proof: proof, now: TestVault.now)
        }
    }

    /// Counted as many values as there are, wherever in the range they lie.
    @Test func aStoredKeyHasMoreThanEightDifferentBytes() {
        for start in stride(from: 0, to: 256, by: 13) {
            func looksRandom(_ different: Int) -> Bool {
                let bytes = (0..<32).map { UInt8(truncatingIfNeeded: start + $0 % different * 29) }
                return SlotMaterial.looksRandom(SecretBytes(copyingExposed: bytes))
            }
            #expect(!looksRandom(1) && !looksRandom(8) && looksRandom(9) && looksRandom(32))
        }
    }

    @Test func theLastWayInStaysAndAKeyringIsNone() throws {
        let test = try SlotVault()
        #expect(throws: VaultError.lastSlot) { try test.base.remove(from: test.vault, proof: test.base) }
        let keyring = Way(.keyring)
        try keyring.add(to: test.vault, proof: test.base)
        #expect(throws: VaultError.lastSlot) { try test.base.remove(from: test.vault, proof: keyring) }
        for sort in SlotSort.allCases where sort != .keyring {
            let other = Way(sort)
            try other.add(to: test.vault, proof: test.base)
            try test.base.remove(from: test.vault, proof: other)
            #expect(Set(test.sorts) == [.keyring, sort])
            try test.base.add(to: test.vault, proof: other)
            try other.remove(from: test.vault, proof: test.base)
        }
    }

    @Test func fourPassphrasesAndThirtyTwoSlotsAreTheMost() throws {
        let test = try SlotVault()
        for _ in 2...4 { try Way(.passphrase).add(to: test.vault, proof: test.base) }
        #expect(throws: VaultError.tooLarge("a vault has at most 4 passphrases")) {
            try Way(.passphrase).add(to: test.vault, proof: test.base)
        }
        for _ in 5...32 { try Way(.keyFile).add(to: test.vault, proof: test.base) }
        #expect(throws: VaultError.tooLarge("a vault has at most 32 slots")) {
            try Way(.recipient).add(to: test.vault, proof: test.base)
        }
        try test.reopen(with: test.base)
        #expect(test.sorts.count == 32)
    }

    @Test func aSecondFactorWaitsForAProvedRecoveryCode() throws {
        let test = try SlotVault()
        let both = Way(.passphrase, needsFactor: true)
        #expect(throws: VaultError.untested) { try both.add(to: test.vault, proof: test.base) }
        let code = Way(.recovery)
        try code.add(to: test.vault, proof: test.base)
        #expect(throws: VaultError.untested) { try both.add(to: test.vault, proof: test.base) }
        let facts = try test.vault.testSlot(code.id, try code.opener(), now: TestVault.now)
        #expect(facts.sealed?.tested == TestVault.now && facts.sealed?.isUsed == false)
        try both.add(to: test.vault, proof: test.base)
        #expect(throws: VaultError.untested) { try code.remove(from: test.vault, proof: test.base) }
        try test.reopen(with: both)
        #expect(try test.vault.slots().last?.needsFactor == true)
        try both.remove(from: test.vault, proof: test.base)
        try code.remove(from: test.vault, proof: test.base)
    }

    /// The passphrase alone, another factor, or none in its place open nothing.
    @Test func theSecondFactorIsPartOfTheKey() throws {
        let challenge = SlotChallenge.make(cost: .floor, needsFactor: true)
        let passphrase = Array("correct horse".utf8)
        func key(_ factor: [UInt8], _ challenge: SlotChallenge) throws -> [UInt8] {
            try KeyDerivation.derive(
                SecretBytes(copyingExposed: passphrase), factor: SecretBytes(copyingExposed: factor), for: challenge
            ).testOnlyKey().withBytes { Array($0) }
        }
        let plain = SlotChallenge(slot: challenge.slot, salt: challenge.salt, cost: challenge.cost)
        let one = [UInt8](repeating: 1, count: 32)
        let keys = try [
            key(one, challenge), key([UInt8](repeating: 2, count: 32), challenge), key([], challenge), key([], plain),
        ]
        #expect(Set(keys).count == 4)
        #expect(try key(one, plain) == key([], plain), "left aside where it is not wanted")
    }

    @Test func aRecoveryCodeThatOpenedIsDueForRenewal() throws {
        let test = try SlotVault()
        let code = Way(.recovery)
        try code.add(to: test.vault, label: "paper", proof: test.base)
        #expect(!test.vault.needsNewRecovery)
        try test.reopen(with: code)
        #expect(test.vault.needsNewRecovery && test.vault.openedBy == code.id)
        try test.reopen(with: test.base)
        #expect(test.vault.needsNewRecovery, "whoever opens it next")
        let new = Way(.recovery)
        let facts = try code.change(in: test.vault, to: new, proof: test.base)
        #expect(facts.id == code.id && facts.sealed?.label == "paper" && facts.sealed?.tested == nil)
        #expect(!test.vault.needsNewRecovery)
        #expect(throws: VaultError.wrongKey) { try test.reopen(with: code) }
        try test.reopen(with: new)
    }

    /// A vault that cannot be written opens all the same, and says for this while that the code was used.
    @Test func aRecoveryCodeOpensAVaultThatCannotBeWritten() throws {
        let test = try SlotVault()
        let code = Way(.recovery)
        try code.add(to: test.vault, proof: test.base)
        test.memory.store.failure = .readOnly
        try test.reopen(with: code)
        #expect(try test.vault.secrets("kumo") == ["s3cret"])
        #expect(test.vault.needsNewRecovery)
        let new = Way(.recovery)
        _ = try code.change(in: test.vault, to: new, proof: code)
        #expect(!test.vault.needsNewRecovery)
    }

    @Test func everyKindChangesItsKeyInPlace() throws {
        for sort in SlotSort.allCases {
            let test = try SlotVault()
            let old = Way(sort)
            try old.add(to: test.vault, label: "one", proof: test.base)
            let renamed = try old.change(in: test.vault, label: "two", to: nil, proof: test.base)
            #expect(renamed.sealed?.label == "two")
            try test.reopen(with: old)
            guard sort != .passphrase else { continue }
            let new = Way(sort)
            let changed = try old.change(in: test.vault, to: new, proof: test.base)
            #expect(changed.id == old.id && changed.sealed?.label == "two" && changed.sort == sort)
            #expect(throws: VaultError.wrongKey, "\(sort)") { try test.reopen(with: old) }
            try test.reopen(with: new)
            #expect(throws: VaultError.invalid("a slot keeps its kind")) {
                _ = try new.change(in: test.vault, to: Way(sort == .keyFile ? .keyring : .keyFile), proof: test.base)
            }
        }
    }

    /// A passphrase's new key is made for the slot that it goes into.
    @Test func aPassphraseChangesInItsOwnSlotOnly() throws {
        let test = try SlotVault()
        #expect(throws: VaultError.invalid("a passphrase for another slot")) {
            _ = try test.base.change(in: test.vault, to: Way(.passphrase), proof: test.base)
        }
        let id = try #require(test.base.id)
        let challenge = SlotChallenge.make(cost: .floor, slot: id)
        let key = SecretBytes.makeRandom(count: 32)
        let material = SlotMaterial.passphrase(SlotKey(challenge: challenge, key: key.copy()))
        _ = try test.vault.changeSlot(id, label: nil, material, proof: try test.base.opener(), now: TestVault.now)
        #expect(throws: VaultError.wrongKey) { try test.reopen(with: test.base) }
        try test.memory.reopen()
        try test.vault.unlock(with: SlotKey(challenge: challenge, key: key.copy()), now: TestVault.now)
        #expect(try test.vault.slots().map { $0.sealed?.label } == ["base"])
    }

    @Test func keysThatNoGeneratorMakesAndLongLabelsAreRefused() throws {
        let test = try SlotVault()
        for bytes in [[UInt8](repeating: 0, count: 32), Array("aaaabbbb".utf8), [UInt8](repeating: 7, count: 31)] {
            #expect(throws: VaultError.self) {
                let key = KeptKey(.keyFile, SecretBytes(copyingExposed: bytes))
                _ = try test.vault.addSlot(
                    .stored(key), label: "", proof: try test.base.opener(), now: TestVault.now)
            }
        }
        for label in [String(repeating: "x", count: 65), "a\nb", "\u{7F}"] {
            #expect(throws: VaultError.invalid("a label has at most 64 bytes and no control characters")) {
                try Way(.keyFile).add(to: test.vault, label: label, proof: test.base)
            }
        }
        #expect(throws: VaultError.noSlot) {
            try test.vault.removeSlot([1, 2, 3, 4, 5, 6, 7, 8], proof: try test.base.opener(), now: TestVault.now)
        }
    }

    /// What a change of the root makes from the sealed public keys: the same code and the same identity open the new root.
    @Test func recoveryAndRecipientSlotsAreRenewedWithoutTheirSecrets() throws {
        let test = try SlotVault()
        let ways = SlotSort.allCases.map { Way($0) }
        for way in ways { try way.add(to: test.vault, label: "ü", proof: test.base) }
        let old = try #require(test.vault.keys)
        let new = Keys(root: RootKey.make(), vaultID: old.vaultID, incarnation: old.incarnation)
        for way in ways {
            let slot = try #require(test.vault.header.slots.first { $0.id == way.id })
            let renewed = try slot.renewed(from: old, for: new)
            #expect((renewed != nil) == (way.sort == .recovery || way.sort == .recipient), "\(way.sort)")
            guard let renewed else { continue }
            let header = Header(
                vaultID: new.vaultID, incarnation: new.incarnation, publicKey: new.slotPair.publicKey, generation: 1,
                epochs: [], slots: [renewed])
            let opened = try header.slot(openedBy: try way.opener())
            #expect(opened.isAround(new.root) && !opened.isAround(old.root))
            #expect(try SlotFacts(renewed, new).sealed?.label == "ü")
            #expect(throws: VaultError.self) { try SlotFacts(renewed, old) }
        }
    }
}
