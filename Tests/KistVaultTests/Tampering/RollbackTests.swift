import Glibc
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory
import StoreSQLite
import Testing

/// Older files, mixtures of two states, and a journal that was put beside the file.
@Suite struct RollbackTests {
    @Test func everyOlderSnapshotIsRefusedAndWithoutAnAnchorItIsSaid() throws {
        let test = try MemoryVault()
        var snapshots: [MemoryVault.Snapshot] = []
        for number in 0..<50 {
            snapshots.append(test.snapshot())
            try test.vault.put("n\(number % 7)", [("api-key", "v\(number)")])
        }
        let anchor = try #require(test.anchors.bytes)
        for (number, snapshot) in snapshots.enumerated() {
            test.restore(snapshot)
            test.anchors.bytes = anchor
            try test.reopen()
            #expect(throws: VaultError.olderCopy(seen: 51, found: UInt64(number + 1))) { try test.unlock() }
            #expect(!test.vault.isUnlocked)
            test.anchors.bytes = nil
            #expect(try test.unlock() == .new)
        }
        test.restore(snapshots[40])
        test.anchors.bytes = anchor
        try test.reopen()
        #expect(try test.unlock(accepting: .olderCopy) == .unknown, "the deliberate way on")
        try test.reopen()
        #expect(try test.unlock() == .known)
    }

    @Test func twoHistoriesOfOneVaultAreAFork() throws {
        let test = try MemoryVault()
        try test.vault.put("shared")
        let common = test.snapshot()
        let commonAnchor = test.anchors.bytes
        try test.vault.put("here")
        let here = test.anchors.bytes
        // The other machine goes on from the common state.
        test.restore(common)
        test.anchors.bytes = commonAnchor
        try test.reopen()
        try test.unlock()
        for number in 0..<5 { try test.vault.put("there\(number)") }
        test.anchors.bytes = here
        try test.reopen()
        #expect(throws: VaultError.forked(generation: 3)) { try test.unlock() }
        #expect(try test.unlock(accepting: .fork) == .unknown)
        try test.reopen()
        #expect(try test.unlock() == .known)
    }

    /// Two histories may give one place to two contents under the same key: only the index tells them apart.
    @Test func aRowOfTheOtherHistoryDoesNotPassForThisOnes() throws {
        let test = try MemoryVault()
        try test.vault.put("kumo", [("api-key", "shared")])
        let common = test.snapshot()
        try test.vault.put("kumo", [("api-key", "here")])
        let here = test.snapshot()
        test.restore(common)
        test.anchors.bytes = nil
        try test.reopen()
        try test.unlock()
        try test.vault.put("kumo", [("api-key", "there")])
        let place = try #require(test.store.rows.keys.max { $0.revision < $1.revision })
        #expect(place.revision == 3 && here.rows[place] != nil)
        let there = test.snapshot()
        for (overview, secret) in [(true, false), (false, true), (true, true)] {
            test.restore(there)
            if overview { test.store.rows[place]!.overview = here.rows[place]!.overview }
            if secret { test.store.rows[place]!.secret = here.rows[place]!.secret }
            #expect(throws: VaultError.damaged("a record is not the one that was written last")) {
                try test.vault.secrets("kumo")
            }
        }
        test.restore(there)
        #expect(try test.vault.secrets("kumo") == ["there"], "the control")
    }

    @Test func anAnchorFarBackIsKnownAsLongAsItsLinkIsKept() throws {
        let test = try MemoryVault()
        let start = test.anchors.bytes
        for number in 0..<70 { try test.vault.put("n\(number % 3)") }
        let later = test.anchors.bytes
        test.anchors.bytes = start
        try test.reopen()
        #expect(try test.unlock() == .unknown, "generation 1 was pruned after 64 more")
        test.anchors.bytes = later
        try test.reopen()
        #expect(try test.unlock() == .known)
    }

    /// Both went on from a common state long ago; whichever is longer, a rung of the ladder tells them apart.
    @Test(arguments: [70, 100, 300, 400])
    func aForkLongAgoIsStillAFork(longer: Int) throws {
        let test = try MemoryVault()
        for _ in 0..<70 { try test.vault.put("x") }
        let common = test.snapshot()
        let commonAnchor = test.anchors.bytes
        for _ in 0..<20 { try test.vault.put("there") }
        let there = test.anchors.bytes
        test.restore(common)
        test.anchors.bytes = commonAnchor
        try test.reopen()
        try test.unlock()
        for _ in 0..<longer { try test.vault.put("here") }
        test.anchors.bytes = there
        try test.reopen()
        #expect {
            try test.unlock()
        } throws: { error in
            if case VaultError.forked = error { true } else { false }
        }
    }

    /// A spoilt anchor is written anew at the unlock: that must not make it look whole.
    @Test func whatNobodyAnsweredForIsSaidAtEveryUnlock() throws {
        let test = try MemoryVault()
        try test.vault.put("kumo")
        test.anchors.bytes![80] ^= 1
        for _ in 0..<3 {
            try test.reopen()
            #expect(try test.unlock() == .unknown)
            #expect(try test.vault.facts().anchorUnproved == 2)
            try test.vault.put("kumo")
        }
        try test.reopen()
        #expect(try test.unlock(accepting: .olderCopy) == .known, "the deliberate acknowledgement")
        #expect(try test.vault.facts().anchorUnproved == nil)
        try test.reopen()
        #expect(try test.unlock() == .known)
    }

    @Test func anAnchorReadFirstOutlivesItsFile() throws {
        let test = try MemoryVault()
        let old = test.snapshot()
        try test.vault.put("kumo")
        let first = AnchorReadFirst(test.anchors)
        test.anchors.bytes = nil
        test.restore(old)
        let vault = try Vault.open(test.store, anchors: first)
        #expect(throws: VaultError.olderCopy(seen: 2, found: 1)) {
            try vault.unlock(with: SlotKey(challenge: test.challenge, key: test.kek.copy()), now: TestVault.now)
        }
    }

    @Test(arguments: [nil, []] as [[UInt8]?])
    func whatAnotherPlaceRemembersCountsWhereNothingIsSaidHere(_ here: [UInt8]?) throws {
        let test = try MemoryVault()
        let old = test.snapshot()
        try test.vault.put("kumo")
        let kept = try #require(test.anchors.bytes)
        test.anchors.bytes = here
        let first = AnchorReadFirst(test.anchors)
        first.fallBack(on: kept)
        test.restore(old)
        let vault = try Vault.open(test.store, anchors: first)
        #expect(throws: VaultError.olderCopy(seen: 2, found: 1)) {
            try vault.unlock(with: SlotKey(challenge: test.challenge, key: test.kek.copy()), now: TestVault.now)
        }
    }

    @Test func mixturesOfTwoStatesAreRefused() throws {
        let test = try MemoryVault()
        for number in 0..<4 { try test.vault.put("n\(number)") }
        let old = test.snapshot()
        for number in 0..<4 { try test.vault.put("n\(number)", [("api-key", "new")]) }
        let new = test.snapshot()
        var mixtures: [MemoryVault.Snapshot] = []
        mixtures.append(.init(head: new.head, pages: old.pages, rows: new.rows))
        mixtures.append(.init(head: new.head, pages: old.pages, rows: old.rows))
        mixtures.append(.init(head: old.head, pages: new.pages, rows: new.rows))
        mixtures.append(.init(head: new.head, pages: new.pages, rows: old.rows))
        for place in new.rows.keys where old.rows[place] == nil {
            var rows = new.rows
            rows[place] = old.rows.first { $0.key.lookup == place.lookup }?.value
            mixtures.append(.init(head: new.head, pages: new.pages, rows: rows))
        }
        test.anchors.bytes = nil
        for mixture in mixtures {
            test.restore(mixture)
            try test.reopen()
            #expect(throws: VaultError.self) {
                try test.unlock()
                _ = try Answers(test.vault)
                _ = try test.vault.verify()
            }
            test.anchors.bytes = nil
        }
        #expect(mixtures.count == 8)
    }

    @Test func anotherVaultAtThePathIsNamed() throws {
        let first = try MemoryVault()
        let second = try MemoryVault()
        second.anchors.bytes = first.anchors.bytes
        try second.reopen()
        let error = VaultError.otherVault(seen: first.vault.fingerprint, found: second.vault.fingerprint)
        #expect(throws: error) { try second.unlock() }
        #expect(try second.unlock(accepting: .fork) == .unknown)
    }

    @Test func anUnreadableAnchorIsSaidAndLocksNobodyOut() throws {
        let test = try MemoryVault()
        test.anchors.failsToLoad = true
        try test.reopen()
        #expect(try test.unlock() == .unknown)
        test.anchors.failsToLoad = false
        test.anchors.failsToSave = true
        let generation = try test.vault.put("kumo")
        #expect(try test.vault.facts().anchorFailure == ENOSPC)
        test.anchors.bytes = [1, 2, 3]
        try test.reopen()
        #expect(try test.unlock() == .unknown)
        #expect(test.vault.generation == generation)
    }

    /// A file put back in place, with the same inode, under an unlocked vault.
    @Test func contentPutBackUnderARunningVaultIsNoticedAtTheNextWrite() throws {
        let test = try TestVault()
        try test.vault.put("kumo", [("api-key", "old")])
        test.vault.lock()
        let old = try Bytes.load(test.path)
        _ = try test.unlock()
        try test.vault.put("kumo", [("api-key", "new")])
        try Bytes.save(old, test.path)
        #expect(throws: VaultError.self) { try test.vault.secrets("kumo") }
        #expect(throws: VaultError.self) { try test.vault.put("other") }
        try test.reopen()
        #expect(throws: VaultError.olderCopy(seen: 3, found: 2)) { try test.unlock() }
    }

    /// An old journal beside a newer file: SQLite replays it without a word, the vault notices.
    @Test func aPlantedJournalIsNoticed() async throws {
        let test = try TestVault()
        for number in 0..<20 { try test.vault.put("n\(number)", [("api-key", "old")]) }
        test.vault.lock()
        let before = try Bytes.load(test.path)
        // A journal as a crash leaves it: header, then every page of the old state.
        let journal = Self.journal(of: before)
        _ = try test.unlock()
        for number in 0..<20 { try test.vault.put("n\(number)", [("api-key", "new")]) }
        let truth = try Answers(test.vault)
        test.vault.lock()
        try Bytes.save(journal, "\(test.path)-journal")
        let vault = try Vault.open(try SQLiteStore.open(test.path), anchors: test.anchors)
        defer { vault.lock() }
        #expect(access("\(test.path)-journal", F_OK) != 0, "SQLite took the journal for its own")
        let challenge = try #require(vault.challenges.first)
        #expect(throws: VaultError.olderCopy(seen: 41, found: 21)) {
            try vault.unlock(with: try TestVault.key("correct horse", challenge), now: TestVault.now)
        }
        #expect(truth.secrets["n3"] == ["new"])
    }

    /// A rollback journal that restores a whole file (SQLite's file format, section 3).
    private static func journal(of file: [UInt8]) -> [UInt8] {
        let size = 4_096
        let pages = file.count / size
        var journal: [UInt8] = [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7]
        func put(_ number: UInt32) { withUnsafeBytes(of: number.bigEndian) { journal.append(contentsOf: $0) } }
        for number in [UInt32(pages), 77, UInt32(pages), 512, UInt32(size)] { put(number) }
        journal.append(contentsOf: [UInt8](repeating: 0, count: 512 - journal.count))
        for page in 0..<pages {
            let bytes = Array(file[page * size..<(page + 1) * size])
            put(UInt32(page + 1))
            journal.append(contentsOf: bytes)
            var sum: UInt32 = 77
            for offset in stride(from: size - 200, to: 0, by: -200) { sum &+= UInt32(bytes[offset]) }
            put(sum)
        }
        return journal
    }
}
