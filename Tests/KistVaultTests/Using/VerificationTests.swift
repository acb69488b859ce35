import KistModel
import KistStore
import KistTestKit
import Testing

@testable import KistVault

/// A look at every row, one row at a time, with others in between.
@Suite struct VerificationTests {
    private func step(_ all: Verification) throws -> Bool { try all.advance(isEnough: { true }) }

    @Test func whatIsWrittenBetweenTwoSlicesDoesNotDisturbIt() throws {
        for isMoving in [false, true] {
            let test = try RekeyVault()
            if isMoving { try test.begin() }
            let all = Verification(test.vault)
            var round = 0
            while try step(all) {
                round += 1
                guard round < 30 else { continue }
                try test.vault.put("n\(round % 9)", [("api-key", "w\(round)")])
                if round % 5 == 0 { try test.vault.put("new\(round)", [("api-key", "w")]) }
                if round % 7 == 0 { try test.vault.remove(.default, try CredentialName("n\(round / 7)")) }
                if isMoving { _ = try test.vault.advanceRekey(most: 3, isEnough: { false }) }
            }
            #expect(all.isDone && all.rows > 0)
            #expect(try test.vault.verify() == test.store.rows.count)
        }
    }

    /// Wherever it lies, in whatever order of the store.
    @Test func everyDamagedRowIsFoundAndNamed() throws {
        let test = try RekeyVault()
        let rows = test.store.rows
        for (place, row) in rows {
            test.store.rows[place]?.secret[60] ^= 1
            let all = Verification(test.vault)
            let error = #expect(throws: VaultError.self) { while try all.advanceBeforeChange(isEnough: { true }) {} }
            if case .damaged(let why) = error {
                #expect(why.contains("the profile"), "\(why)")
            } else {
                Issue.record("\(String(describing: error))")
            }
            test.store.rows[place] = nil
            let missing = Verification(test.vault)
            #expect(throws: VaultError.self) { while try step(missing) {} }
            test.store.rows[place] = row
        }
        let all = Verification(test.vault)
        while try step(all) {}
        #expect(all.rows == rows.count, "the control")
    }

    /// While rows move, counting them takes slices too, and finds what no page of the index tells.
    @Test func rowsAreCountedInSlicesWhileTheyMove() throws {
        let test = try RekeyVault()
        try test.begin()
        _ = try test.vault.advanceRekey(most: 20, isEnough: { false })
        let rows = test.store.rows.count
        let counted = Verification(test.vault)
        var slices = 1
        while try step(counted) { slices += 1 }
        #expect(
            slices == 2 * rows - 1, "one for each row, and the last that is opened goes with the first that is counted")

        // In the middle of the count, before and behind the place that it has reached.
        for place in [
            RecordPlace(lookup: LookupID(high: 0, low: 0), revision: 1),
            RecordPlace(lookup: LookupID(high: .max, low: 0), revision: 1),
        ] {
            let all = Verification(test.vault)
            for _ in 0..<rows + rows / 2 { #expect(try step(all)) }
            try test.vault.put("n3", [("api-key", "changed")])
            try test.vault.put("between", [("api-key", "new")])
            try test.vault.remove(.default, try CredentialName("between"))
            _ = try test.vault.advanceRekey(most: 5, isEnough: { false })
            test.store.rows[place] = test.store.rows.first?.value
            let isSeen = place.lookup.high > 0
            if isSeen {
                #expect(throws: VaultError.damaged("there is a record that the vault does not know")) {
                    while try step(all) {}
                }
            } else {
                while try step(all) {}
                #expect(throws: VaultError.self) { try test.vault.verify() }
            }
            test.store.rows[place] = nil
        }
        #expect(try test.vault.verify() == test.store.rows.count, "the control")
    }

    @Test func aVaultThatIsLockedMeanwhileEndsIt() throws {
        let test = try RekeyVault()
        let all = Verification(test.vault)
        #expect(try step(all))
        test.vault.lock()
        #expect(throws: VaultError.locked) { try step(all) }
    }
}
