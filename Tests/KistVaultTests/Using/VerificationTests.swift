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

    @Test func aVaultThatIsLockedMeanwhileEndsIt() throws {
        let test = try RekeyVault()
        let all = Verification(test.vault)
        #expect(try step(all))
        test.vault.lock()
        #expect(throws: VaultError.locked) { try step(all) }
    }
}
