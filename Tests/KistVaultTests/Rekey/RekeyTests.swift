import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

@Suite struct RekeyTests {
    /// Killed after every single commit, with nothing kept but the store and what this machine remembers.
    @Test func aKillAfterAnyCommitOfAChangeOfTheRootLosesNothing() throws {
        let test = try RekeyVault()
        let truth = try Answers(test.vault)
        let rows = test.store.rows.count
        try test.begin()
        var phases: Set<RekeyStatus.Phase> = []
        var kills = 0
        while true {
            try test.reopen()
            #expect(throws: VaultError.wrongKey) { try test.unlock(old: true) }
            #expect(try test.unlock() == .known)
            #expect(try Answers(test.vault) == truth)
            #expect(try test.vault.verify() == rows)
            #expect(test.vault.credentialCount == truth.overviews.count)
            #expect(try test.vault.profiles().map(\.name.description) == ["default", "empty", "prod", "void"])
            guard let status = test.vault.rekeyStatus else { break }
            phases.insert(status.phase)
            kills += 1
            try test.advance(rows: 4, commits: 1)
        }
        #expect(phases == [.moving, .checking])
        #expect(kills > 8)
        #expect(test.store.rows.count == rows)
        // And it goes on as any vault does, with another change of the root too.
        try test.vault.put("n1", [("api-key", "later")])
        try test.reopen()
        try test.unlock()
        #expect(try test.vault.secrets("n1") == ["later"])
        try test.begin()
        try test.advance(rows: 1_000)
        #expect(test.vault.rekeyStatus == nil)
        #expect(try test.vault.verify() == rows + 1)
    }

    /// Who asks for something after a quiet time finds many rows sealed and not yet written: commits are small all the same.
    @Test(arguments: [true, false])
    func whatLiesReadyIsWrittenInCommitsOfTheSizeAskedFor(isRoot: Bool) throws {
        let test = try RekeyVault()
        let truth = try Answers(test.vault)
        let rows = test.store.rows.count
        if isRoot { try test.begin() } else { try test.vault.renewDataKey() }
        let begun = test.store.commits
        for _ in 0..<14 { _ = try test.vault.advanceRekey(most: 1_000, isEnough: { true }) }
        #expect(test.store.commits == begun)
        var written: [Int] = []
        while let phase = test.vault.rekeyStatus?.phase, phase != .checking {
            let (before, commits) = (test.store.rows, test.store.commits)
            _ = try test.vault.advanceRekey(most: 2, isEnough: { false })
            let now = test.store.rows
            if test.store.commits > commits {
                written.append(now.count { $0.value.secret != before[$0.key]?.secret })
            }
        }
        // Credentials move whole: the second row can be the first of a long history.
        #expect(written.reduce(0, +) == rows)
        #expect(written.allSatisfy { $0 <= Vault.keptRevisions + 2 }, "\(written)")
        #expect(written.count > 6)
        try test.advance()
        #expect(try Answers(test.vault) == truth)
        #expect(try test.vault.verify() == rows)
    }

    @Test func nothingOfTheFormerRootStaysInTheStore() throws {
        let test = try RekeyVault()
        let former = try Header.decode(try #require(test.store.head).header)
        let rows = test.store.rows
        try test.begin()
        for slot in former.slots { #expect(!test.holds(slot.wrapped) && !test.holds(slot.commitment)) }
        try test.advance()
        for slot in former.slots { #expect(!test.holds(slot.info)) }
        for epoch in former.epochs { #expect(!test.holds(epoch.box)) }
        let present = test.store.rows
        #expect(Set(rows.keys).isDisjoint(with: present.keys))
        let sealed = Set(present.values.flatMap { [$0.overview, $0.secret] })
        #expect(rows.values.allSatisfy { !sealed.contains($0.overview) && !sealed.contains($0.secret) })
    }

    /// What somebody with the former root can do with the vault afterwards: nothing.
    @Test func theFormerRootOpensNothing() throws {
        let test = try RekeyVault()
        let former = try #require(test.vault.keys)
        try test.begin()
        try test.advance()
        let head = try #require(test.store.head)
        let isGenuine = Header.isGenuine(head.header, former.header)
        #expect(!isGenuine)
        let manifest = Result { () throws(VaultError) in try Manifest.open(head.manifest, former.manifest) }
        #expect(throws: VaultError.self) { try manifest.get() }
        let index = try #require(test.vault.contents).index
        var tried = 0
        for page in index.pages {
            page.withUnsafeBytes { page in
                for position in 0..<page.count / IndexEntry.byteCount {
                    let entry = IndexEntry(Index.slice(page, position))
                    for keys in [former] {
                        let row = test.store.rows[entry.place]
                        #expect(row != nil)
                        guard let row else { continue }
                        row.secret.withUnsafeBytes { secret in
                            row.overview.withUnsafeBytes { overview in
                                let parts = SealedParts(overview: overview, secret: secret)
                                #expect(throws: VaultError.self) { _ = try Resealing(keys).row(parts, entry) }
                            }
                        }
                        tried += 1
                    }
                }
            }
        }
        #expect(tried == test.store.rows.count)
    }

    @Test func aVaultWithoutARowIsDoneAtOnce() throws {
        let test = try RekeyVault(filled: false)
        try test.begin()
        try test.advance()
        #expect(test.vault.rekeyStatus == nil)
        try test.reopen()
        #expect(try test.unlock() == .known)
        #expect(try test.vault.list(nil).isEmpty)
    }

    @Test func onlyOneAtATime() throws {
        let test = try RekeyVault()
        try test.begin()
        #expect(throws: VaultError.self) { try test.begin() }
        #expect(throws: VaultError.self) { try test.vault.renewDataKey() }
        #expect(throws: VaultError.self) { try test.vault.backup(now: TestVault.now) }
        try test.advance()
        #expect(throws: Never.self) { _ = try test.vault.backup(now: TestVault.now) }
    }

    /// The commit fails, before or after it took effect: the job stops, says why, and goes on when it is asked to.
    @Test(arguments: [StoreError.full, .io(code: 5), .readOnly], [false, true])
    func aFailedCommitStopsItAndTheNextGoesOn(failure: StoreError, tooLate: Bool) throws {
        if tooLate, failure != .io(code: 5) { return }
        let test = try RekeyVault()
        let truth = try Answers(test.vault)
        test.store.appliesBeforeFailing = tooLate
        test.store.failure = failure
        #expect(throws: VaultError(failure)) { try test.begin() }
        #expect((test.vault.rekeyStatus != nil) == tooLate)
        if !tooLate { try test.begin() }
        var failures = 0
        while test.vault.rekeyStatus != nil {
            test.store.failure = failure
            do { try test.advance(commits: 1) } catch { failures += 1 }
            #expect(test.vault.isUnlocked)
            #expect(try Answers(test.vault) == truth)
            test.store.failure = nil
            if !tooLate { try test.advance(commits: 1) }
        }
        #expect(failures > 4)
        try test.reopen()
        try test.unlock()
        #expect(try Answers(test.vault) == truth)
    }

    @Test func aNewDataKeySealsEveryRowAnewAndSurvivesKills() throws {
        let test = try RekeyVault()
        let truth = try Answers(test.vault)
        let rows = test.store.rows
        let box = test.vault.header.epochs[0].box
        try test.vault.renewDataKey()
        var kills = 0
        while test.vault.rekeyStatus != nil {
            try test.reopen()
            #expect(try test.unlock(old: true) == .known)
            #expect(try Answers(test.vault) == truth)
            #expect(try test.vault.verify() == rows.count)
            try test.advance(commits: 1)
            kills += 1
        }
        #expect(kills > 5)
        #expect(!test.holds(box), "the former data key is gone")
        #expect(test.vault.header.epochs.map(\.number) == [2])
        for (place, row) in rows {
            #expect(test.store.rows[place] != nil && test.store.rows[place]!.secret != row.secret)
        }
        try test.reopen()
        #expect(try test.unlock(old: true) == .known)
        #expect(try Answers(test.vault) == truth)
        try test.vault.renewDataKey()
        try test.advance()
        #expect(try Answers(test.vault) == truth)
        #expect(test.vault.header.epochs.map(\.number) == [3])
    }
}
