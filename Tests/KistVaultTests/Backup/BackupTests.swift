import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// A16: a backup is the vault at one commit boundary, and what is restored from it is that, no more and no less.
@Suite struct BackupTests {
    @Test func whatIsRestoredIsWhatWasBackedUp() throws {
        let bench = try BackupBench()
        try bench.fill()
        let expected = try Answers(bench.vault)
        let backup = try bench.backup()
        let checked = try bench.take(backup)
        #expect(checked.anchor == nil)
        #expect(checked.facts.credentials == 3)
        #expect(checked.facts.rows == 5)
        #expect(checked.facts.made == TestVault.now)
        #expect(checked.facts.generation == bench.vault.generation)

        let target = MemoryStore()
        let restored = try bench.take(backup, into: target, piece: 1_000)
        #expect(restored.facts == checked.facts)
        let anchors = MemoryAnchors()
        anchors.bytes = restored.anchor
        #expect(try bench.answers(target, anchors: anchors) == expected)
        // Profiles without credentials come back too.
        let vault = try Vault.open(target, anchors: anchors)
        #expect(try vault.unlock(with: bench.slotKey, now: TestVault.now) == .known)
        #expect(try vault.profiles().map(\.name.description) == ["default", "empty", "prod"])
        #expect(try vault.verify() == 5)
        // It goes on from there: a new write has a revision that was never used.
        #expect(try vault.put("kumo", [("api-key", "three")]) > checked.facts.generation)
        #expect(try vault.history(.default, try name("kumo")).count == 3)
    }

    /// A manifest under the right seal may still have counted its markers wrong.
    @Test func miscountedMarkersStopAWriteAndARestore() throws {
        let bench = try BackupBench()
        try bench.fill()
        let keys = try #require(bench.vault.keys)
        var bent = try #require(bench.vault.contents).manifest
        #expect(bent.markers == 1)
        bent.markers = 0
        bench.store.head?.manifest = bent.seal(keys.manifest)
        bench.vault = try Vault.open(bench.watched, anchors: MemoryAnchors())
        try bench.vault.unlock(with: bench.slotKey, now: TestVault.now)
        let miscounted = VaultError.damaged("the markers were miscounted")
        let backup = try bench.backup()
        #expect(throws: miscounted) { try bench.take(backup) }
        #expect(throws: miscounted) { try bench.take(backup, into: MemoryStore()) }
        #expect(throws: miscounted) { try bench.vault.removeProfile(try ProfileName("empty")) }
        #expect(try bench.vault.verify() == 5)
    }

    /// Whose key ended before or after the backup may have kept the root, which comes back with it.
    @Test func aRestoredVaultSaysThatItsRootMayBeKnown() throws {
        let bench = try BackupBench()
        try bench.fill()
        #expect(try bench.vault.facts().hasEndedSlot == false)
        let target = MemoryStore()
        _ = try bench.take(try bench.backup(), into: target)
        let vault = try Vault.open(target, anchors: MemoryAnchors())
        try vault.unlock(with: bench.slotKey, now: TestVault.now)
        #expect(try vault.facts().hasEndedSlot == true)
    }

    @Test func theRecoveryCodeOpensABackupAndAWrongKeyDoesNot() throws {
        let bench = try BackupBench()
        try bench.fill()
        let backup = try bench.backup()
        let intake = try backup.withUnsafeBytes { bytes in
            try Result { () throws(VaultError) in try BackupIntake(bytes) }.get()
        }
        #expect(throws: VaultError.wrongKey) {
            try intake.unlock(
                with: .passphrase(SlotKey(challenge: bench.challenge, key: SecretBytes.makeRandom(count: 32))))
        }
        #expect(throws: VaultError.locked) { try intake.begin(into: nil) }
        try intake.unlock(with: try .recovery(text: bench.recoveryCode))
        try intake.begin(into: nil)
        #expect(try intake.finish().facts.credentials == 3)
    }

    /// Whoever has the vault open needs no passphrase to check what was just written.
    @Test func theOpenVaultOpensItsOwnBackupAndNoOther() throws {
        let bench = try BackupBench()
        try bench.fill()
        let backup = try bench.backup()
        func intake() throws -> BackupIntake {
            try backup.withUnsafeBytes { bytes in
                try Result { () throws(VaultError) in try BackupIntake(bytes) }.get()
            }
        }
        let own = try intake()
        try own.unlock(as: bench.vault)
        try own.begin(into: nil)
        #expect(try own.finish().facts.rows == 5)
        let other = try BackupBench()
        #expect(throws: VaultError.wrongKey) { try intake().unlock(as: other.vault) }
        bench.vault.lock()
        #expect(throws: VaultError.locked) { try intake().unlock(as: bench.vault) }
    }

    @Test func anEmptyVaultCanBeBackedUp() throws {
        let bench = try BackupBench()
        let target = MemoryStore()
        let facts = try bench.take(try bench.backup(), into: target).facts
        #expect(facts.rows == 0)
        #expect(try bench.answers(target).overviews.isEmpty)
    }

    /// Every write that comes while a backup is made leaves that backup as it was begun: changes, removals, new ones.
    @Test func writesWhileItIsMadeDoNotShow() throws {
        let bench = try BackupBench()
        for index in 0..<300 { try bench.vault.put("c\(index)", [("key", "value \(index)")]) }
        for index in 0..<20 { for round in 0..<12 { try bench.vault.put("c\(index)", [("key", "\(round)")]) } }
        let expected = try Answers(bench.vault)
        var writes = 0
        let backup = try bench.backup {
            // Revisions beyond the eleventh are dropped, removals drop all: rows that the backup still needs.
            for index in 0..<20 { try bench.vault.put("c\(index)", [("key", "later \(writes)")]) }
            try bench.vault.remove(.default, try name("c\(20 + writes)"))
            try bench.vault.put("new\(writes)")
            writes += 1
        }
        #expect(writes >= 4)
        #expect(try Answers(bench.vault) != expected)
        let target = MemoryStore()
        try bench.take(backup, into: target)
        #expect(try bench.answers(target) == expected)
    }

    @Test func twoBackupsAtATimeAreTwoStates() throws {
        let bench = try BackupBench()
        for index in 0..<200 { try bench.vault.put("c\(index)") }
        let before = try Answers(bench.vault)
        let first = try bench.vault.backup(now: TestVault.now)
        try bench.vault.remove(.default, try name("c7"))
        let between = try Answers(bench.vault)
        let second = try bench.vault.backup(now: TestVault.now)
        for index in 100..<110 { try bench.vault.remove(.default, try name("c\(index)")) }
        for (source, expected) in [(first, before), (second, between)] {
            var bytes: [UInt8] = []
            while let piece = try source.next() { bytes += piece }
            let target = MemoryStore()
            try bench.take(bytes, into: target)
            #expect(try bench.answers(target) == expected)
        }
    }

    /// A new incarnation: the restored vault is no version of the old one, and no row or manifest fits both.
    @Test func theRestoredVaultHasAnIncarnationOfItsOwn() throws {
        let bench = try BackupBench()
        try bench.fill()
        let target = MemoryStore()
        let anchor = try bench.take(try bench.backup(), into: target).anchor
        #expect(Set(target.rows.keys) == Set(bench.store.rows.keys))
        for (place, row) in target.rows {
            #expect(row.overview != bench.store.rows[place]?.overview)
            #expect(row.secret != bench.store.rows[place]?.secret)
        }
        // The old file where the restored one was seen is another history.
        let seen = MemoryAnchors()
        seen.bytes = anchor
        #expect(throws: VaultError.self) { try bench.answers(bench.store, anchors: seen) }
        #expect(throws: VaultError.self) { try bench.answers(target, anchors: bench.anchors) }
        let place = try #require(target.rows.keys.first)
        target.rows[place] = bench.store.rows[place]
        #expect(throws: VaultError.self) { try bench.answers(target) }
    }

    @Test func aDamagedRowDoesNotGetIntoABackup() throws {
        let bench = try BackupBench()
        try bench.fill()
        let place = try #require(bench.store.rows.keys.sorted().last)
        bench.store.rows[place]?.secret[40] ^= 1
        #expect(throws: VaultError.damaged("a record is not the one that was written last")) { try bench.backup() }
        bench.store.rows[place] = nil
        #expect(throws: VaultError.damaged("a record is missing")) { try bench.backup() }
    }
}
