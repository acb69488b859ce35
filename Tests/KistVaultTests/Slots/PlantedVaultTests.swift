import KistCrypto
import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// A vault that somebody else made is put in place of the known one, with a slot for whatever its owner brings.
@Suite struct PlantedVaultTests {
    /// The planter even has the key itself: what is known of the place is looked at before anything is opened.
    @Test func aPlantedVaultIsRefusedForEveryKindOfSlot() throws {
        for sort in SlotSort.allCases {
            let own = try SlotVault()
            let way = Way(sort)
            let planted = try SlotVault()
            // Codes are made by the vault; the others are the owner's own.
            try way.add(to: own.vault, proof: own.base)
            try way.add(to: planted.vault, proof: planted.base)
            planted.memory.anchors.bytes = own.memory.anchors.bytes
            let remembered = own.memory.anchors.bytes
            let error = #expect(throws: VaultError.self, "\(sort)") { try planted.reopen(with: way) }
            #expect(error == .otherVault(seen: own.vault.fingerprint, found: planted.vault.fingerprint), "\(sort)")
            #expect(!planted.vault.isUnlocked)
            #expect(planted.memory.anchors.bytes == remembered, "nothing is remembered of it")
            if sort == .recipient {
                way.trusted = [try #require(VaultKey(publicKey: planted.vault.header.publicKey))]
            }
            try planted.reopen(with: way, accepting: .fork)
        }
    }

    /// The same id, another pair: only somebody who knows a public key can make such a slot, so it is looked at where one
    /// is enough.
    @Test func aPlantedVaultOfTheSameIDIsRefusedWhereAPublicKeyIsEnough() throws {
        for sort in [SlotSort.recovery, .recipient] {
            let own = try SlotVault()
            let way = Way(sort)
            try way.add(to: own.vault, proof: own.base)
            let keys = try #require(own.vault.keys)
            let other = Keys(root: RootKey.make(), vaultID: keys.vaultID, incarnation: keys.incarnation)
            let slot = try #require(own.vault.header.slots.first { $0.id == way.id })
            let planted = try #require(try slot.renewed(from: keys, for: other))
            var header = own.vault.header
            header.publicKey = other.slotPair.publicKey
            header.slots = [planted]
            #expect(try header.slot(openedBy: try way.opener()).isAround(other.root), "the control")
            own.memory.store.head!.header = header.encode(other.header)
            let error = #expect(throws: VaultError.self) { try own.reopen(with: way) }
            guard case .otherVault = error else {
                Issue.record("\(sort): \(String(describing: error))")
                continue
            }
        }
    }

    /// On a machine that never saw the vault an identity opens it only when somebody says which vault it is.
    @Test func anIdentityOpensOnlyAVaultThatIsKnown() throws {
        let test = try SlotVault()
        let ada = Way(.recipient)
        try ada.add(to: test.vault, proof: test.base)
        let fingerprint = test.vault.fingerprint
        let key = test.vault.header.publicKey
        func forget() { test.memory.anchors.bytes = nil }
        forget()
        #expect(throws: VaultError.unpinned(found: fingerprint)) { try test.reopen(with: ada) }
        #expect(throws: VaultError.unpinned(found: fingerprint)) { try test.reopen(with: ada, accepting: .fork) }
        #expect(throws: VaultError.self) { try test.reopen(with: ada, expecting: "0000-0000-0000-0000") }
        test.memory.anchors.failsToLoad = true
        #expect(throws: VaultError.unpinned(found: fingerprint)) { try test.reopen(with: ada) }
        test.memory.anchors.failsToLoad = false
        try test.reopen(with: ada, expecting: fingerprint.description.lowercased())
        try test.reopen(with: ada)
        forget()
        ada.trusted = [try #require(VaultKey(publicKey: Identity.make().recipient.publicKey))]
        #expect(throws: VaultError.unpinned(found: fingerprint)) { try test.reopen(with: ada) }
        ada.trusted.append(try #require(VaultKey(publicKey: key)))
        try test.reopen(with: ada)
    }

    /// Whoever names the vault gets no other one, by whatever way.
    @Test func theNamedVaultOrNone() throws {
        for sort in SlotSort.allCases {
            let test = try SlotVault()
            let way = Way(sort)
            try way.add(to: test.vault, proof: test.base)
            let right = test.vault.fingerprint.description
            let wrong = String(right.reversed())
            #expect(throws: VaultError.self, "\(sort)") { try test.reopen(with: way, expecting: wrong) }
            #expect(!test.vault.isUnlocked)
            try test.reopen(with: way, expecting: right)
        }
    }
}
