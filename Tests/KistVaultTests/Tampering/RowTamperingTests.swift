import KistModel
import KistStore
import KistTestKit
import KistVault
import Testing

/// Rows that were swapped, dropped, doubled or revived behind the vault's back.
@Suite struct RowTamperingTests {
    private let test: MemoryVault
    private let count = 12

    init() throws {
        test = try MemoryVault()
        for number in 0..<12 { try test.vault.put("n\(number)", [("api-key", "v\(number)"), ("pin", "p\(number)")]) }
    }

    @Test func everySwapOfPartsIsRefused() throws {
        let truth = try Answers(test.vault)
        let clean = test.snapshot()
        let places = clean.rows.keys.sorted()
        var refused = 0
        for from in places {
            for to in places where from != to {
                for swapsSecret in [false, true] {
                    var bent = clean
                    if swapsSecret {
                        bent.rows[to]!.secret = clean.rows[from]!.secret
                    } else {
                        bent.rows[to]!.overview = clean.rows[from]!.overview
                    }
                    test.restore(bent)
                    if (try? Answers(test.vault)) == nil { refused += 1 }
                    #expect(throws: VaultError.damaged("a record is not the one that was written last")) {
                        try test.vault.verify()
                    }
                }
            }
        }
        #expect(refused == count * (count - 1) * 2)
        test.restore(clean)
        #expect(try Answers(test.vault) == truth, "the control: nothing bent, nothing refused")
    }

    @Test func aDroppedRowIsNoticedWhenItIsUsed() throws {
        let clean = test.snapshot()
        for place in clean.rows.keys.sorted() {
            test.restore(clean)
            test.store.rows[place] = nil
            try test.reopen()
            try test.unlock()
            #expect(throws: VaultError.damaged("a record is missing")) { try test.vault.list(nil) }
            #expect(throws: VaultError.damaged("a record is missing")) { try test.vault.verify() }
            #expect((0..<count).count { (try? test.vault.secrets("n\($0)")) == nil } == 1)
        }
    }

    @Test func aDoubledRowIsNeverAnsweredAndTheNextListFindsIt() throws {
        let truth = try Answers(test.vault)
        let clean = test.snapshot()
        for (number, place) in clean.rows.keys.sorted().enumerated() {
            test.restore(clean)
            let copy =
                number % 2 == 0
                ? RecordPlace(lookup: place.lookup, revision: 99)
                : RecordPlace(lookup: LookupID(high: 1, low: UInt64(number)), revision: place.revision)
            test.store.rows[copy] = clean.rows[place]
            for overview in truth.overviews {
                #expect(try test.vault.secrets(overview.name.description) == truth.secrets[overview.name.description])
            }
            let unknown = VaultError.damaged("there is a record that the vault does not know")
            #expect(throws: unknown) { try test.vault.list(nil) }
            #expect(throws: unknown) { try test.vault.verify() }
        }
    }

    /// The number of rows is right, and every row that is there is genuine.
    @Test func aDoubledRowDoesNotHideADroppedOne() throws {
        let clean = test.snapshot()
        let places = clean.rows.keys.sorted()
        for (dropped, doubled) in zip(places, places.dropFirst() + [places[0]]) {
            test.restore(clean)
            test.store.rows[dropped] = nil
            test.store.doubled = doubled
            #expect(throws: VaultError.self) { try test.vault.list(nil) }
            #expect(throws: VaultError.self) { try test.vault.profiles() }
            #expect(throws: VaultError.self) { try test.vault.verify() }
        }
        test.store.doubled = nil
        test.restore(clean)
        #expect(try test.vault.verify() == count, "the control")
    }

    @Test func aRevivedRowStaysDeadAndVerifyFindsIt() throws {
        for number in 0..<count {
            let clean = test.snapshot()
            try test.vault.remove(.default, try name("n\(number)"))
            let after = test.snapshot()
            for (place, row) in clean.rows where after.rows[place] == nil { test.store.rows[place] = row }
            #expect(throws: VaultError.notFound(profile: .default, name: try name("n\(number)"), field: nil)) {
                try test.vault.secrets("n\(number)")
            }
            #expect(throws: VaultError.self) { try test.vault.verify() }
            test.restore(after)
            #expect(try test.vault.verify() == count - number - 1)
        }
    }

    @Test func anOlderRevisionInPlaceOfTheNewestIsNoticed() throws {
        let old = test.snapshot()
        let place = try #require(old.rows.keys.sorted().first)
        for number in 0..<count { try test.vault.put("n\(number)", [("api-key", "new"), ("pin", "new")]) }
        let newest = try #require(test.store.rows.keys.filter { $0.lookup == place.lookup }.max())
        test.store.rows[newest] = old.rows[place]
        #expect(throws: VaultError.damaged("a record is not the one that was written last")) {
            try test.vault.list(nil)
        }
    }

    @Test func aDamagedRowIsNotOverwrittenButCanBeRemoved() throws {
        let place = try #require(test.store.rows.keys.sorted().first)
        test.store.rows[place]!.secret[100] ^= 1
        let bad = (0..<count).map { "n\($0)" }.first { (try? test.vault.secrets($0)) == nil }
        let damaged = try #require(bad)
        #expect(throws: VaultError.damaged("a record is not the one that was written last")) {
            try test.vault.put(damaged)
        }
        try test.vault.remove(.default, try name(damaged))
        try test.vault.put(damaged)
        #expect(try test.vault.secrets(damaged) == ["s3cret"])
        #expect(try test.vault.verify() == count)
    }
}
