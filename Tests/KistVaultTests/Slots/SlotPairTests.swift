import KistModel
import KistStore
import KistTestKit
import KistVault
import Testing

/// Ways in are added and taken away in every order, and the list is always the one that was asked for.
@Suite struct SlotPairTests {
    struct Step: CustomStringConvertible {
        let adds: Bool
        let sort: SlotSort
        var description: String { "\(adds ? "add" : "remove") \(sort)" }
    }

    static let steps = SlotSort.allCases.flatMap { [Step(adds: true, sort: $0), Step(adds: false, sort: $0)] }

    /// All 132 ordered pairs of 12 steps: what is listed opens, what was removed does not.
    @Test func everyOrderedPairOfChangesLeavesWhatItSays() throws {
        var pairs = 0
        for first in Self.steps {
            for second in Self.steps where first.description != second.description {
                pairs += 1
                let test = try SlotVault()
                var present: [SlotSort: Way] = [:]
                var gone: [Way] = []
                // What is removed first must be there.
                for step in [first, second] where !step.adds && (!first.adds || step.sort != first.sort) {
                    let way = Way(step.sort)
                    try way.add(to: test.vault, proof: test.base)
                    present[step.sort] = way
                }
                for step in [first, second] {
                    if step.adds {
                        let way = Way(step.sort)
                        try way.add(to: test.vault, proof: test.base)
                        present[step.sort] = way
                    } else {
                        let way = try #require(present[step.sort])
                        try way.remove(from: test.vault, proof: test.base)
                        present[step.sort] = nil
                        gone.append(way)
                    }
                    try check(test, present, gone, "\(first), \(second)")
                }
            }
        }
        #expect(pairs == 132)
    }

    private func check(_ test: SlotVault, _ present: [SlotSort: Way], _ gone: [Way], _ what: String) throws {
        let ids = Set(test.vault.publicSlots.map(\.id))
        #expect(ids == Set(present.values.compactMap(\.id) + [test.base.id!]), "\(what)")
        for way in present.values {
            try test.reopen(with: way)
            #expect(try test.vault.secrets("kumo") == ["s3cret"], "\(what): \(way.sort)")
        }
        for way in gone {
            #expect(throws: VaultError.wrongKey, "\(what): \(way.sort)") { try test.reopen(with: way) }
        }
        try test.reopen(with: test.base)
        #expect(try test.vault.slots().count == present.count + 1)
    }

    /// A change that fails, and one whose failure comes too late: the list is the one from before or the one from after,
    /// every way in it opens, and the vault can be changed again.
    @Test func aChangeThatIsCutOffIsWholeOrNothing() throws {
        for step in Self.steps {
            for isLate in [false, true] {
                let test = try SlotVault()
                let way = Way(step.sort)
                if !step.adds { try way.add(to: test.vault, proof: test.base) }
                let before = test.vault.publicSlots.map(\.id)
                test.memory.store.failure = .io(code: 10)
                test.memory.store.appliesBeforeFailing = isLate
                #expect(throws: VaultError.io(code: 10), "\(step)") {
                    if step.adds {
                        try way.add(to: test.vault, proof: test.base)
                    } else {
                        try way.remove(from: test.vault, proof: test.base)
                    }
                }
                let count = before.count + (isLate ? step.adds ? 1 : -1 : 0)
                #expect(test.vault.publicSlots.count == count, "\(step), \(isLate)")
                try test.reopen(with: test.base)
                #expect(test.vault.publicSlots.count == count, "\(step), \(isLate)")
                try Way(.keyFile).add(to: test.vault, proof: test.base)
                #expect(test.vault.publicSlots.count == count + 1)
                #expect(try test.vault.verify() == 1)
            }
        }
    }
}
