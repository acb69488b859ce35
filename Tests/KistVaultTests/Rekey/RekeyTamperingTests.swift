import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// Somebody else writes to the same file while a root is changed: rows dropped, swapped and brought back on both sides, and
/// whole earlier states.
@Suite struct RekeyTamperingTests {
    /// In the middle: about half of the rows have moved.
    private func halfWay() throws -> (RekeyVault, before: RekeyVault.Snapshot, truth: Answers) {
        let test = try RekeyVault()
        let truth = try Answers(test.vault)
        let before = test.snapshot()
        try test.begin()
        try test.advance(rows: 24, commits: 1)
        let index = try #require(test.vault.contents).index
        #expect(index.moved > 10 && index.moved < index.rows - 10)
        return (test, before, truth)
    }

    @Test func aDroppedRowOfEitherSideIsNoticed() throws {
        let (test, _, _) = try halfWay()
        let state = test.snapshot()
        let anchor = test.anchors.bytes
        for place in state.rows.keys.sorted().enumerated().filter({ $0.offset % 3 == 0 }).map(\.element) {
            test.restore(state)
            test.anchors.bytes = anchor
            test.store.rows[place] = nil
            try test.reopen()
            try test.unlock()
            #expect(throws: VaultError.damaged("a record is missing")) { try test.vault.verify() }
            #expect(throws: VaultError.damaged("a record is missing")) { try test.vault.list(nil) }
            #expect(throws: VaultError.damaged("a record is missing")) { try test.advance() }
            #expect(test.vault.rekeyStatus != nil, "the former key is kept as long as something is wrong")
        }
    }

    @Test func aRowBroughtBackIsNoticedAndNeverAnswered() throws {
        let (test, before, truth) = try halfWay()
        let state = test.snapshot()
        let anchor = test.anchors.bytes
        let gone = before.rows.filter { state.rows[$0.key] == nil }
        #expect(gone.count > 10)
        for (place, row) in gone.prefix(8) {
            test.restore(state)
            test.anchors.bytes = anchor
            test.store.rows[place] = row
            try test.reopen()
            try test.unlock()
            for (name, secrets) in truth.secrets {
                let profile = try #require(truth.overviews.first { $0.name.description == name }).profile.description
                #expect(try test.vault.secrets(name, profile: profile) == secrets)
            }
            let unknown = VaultError.damaged("there is a record that the vault does not know")
            #expect(throws: unknown) { try test.vault.list(nil) }
            #expect(throws: unknown) { try test.vault.verify() }
            #expect(throws: unknown) { try test.advance() }
            #expect(test.vault.rekeyStatus != nil)
        }
    }

    @Test func aRowInThePlaceOfAnotherIsNoticed() throws {
        let (test, before, _) = try halfWay()
        let state = test.snapshot()
        let anchor = test.anchors.bytes
        let places = state.rows.keys.sorted()
        var random = SplitMix(state: 7)
        for _ in 0..<60 {
            let one = places[Int(random.next() % UInt64(places.count))]
            let other = places[Int(random.next() % UInt64(places.count))]
            let source = random.next() % 2 == 0 ? state.rows[other]! : before.rows.randomElement(using: &random)!.value
            guard source.secret != state.rows[one]!.secret else { continue }
            test.restore(state)
            test.anchors.bytes = anchor
            switch random.next() % 3 {
            case 0: test.store.rows[one]!.secret = source.secret
            case 1: test.store.rows[one]!.overview = source.overview
            default: test.store.rows[one] = source
            }
            try test.reopen()
            try test.unlock()
            #expect(throws: VaultError.self) { try test.vault.verify() }
            #expect(throws: VaultError.self) { try test.advance() }
            #expect(test.vault.rekeyStatus != nil)
        }
    }

    /// Every commit of the job is a state of its own: none may pass for a later one, nor give parts to it.
    @Test func everyEarlierStateOfTheJobIsRefusedAndSoAreMixtures() throws {
        let test = try RekeyVault()
        var states = [test.snapshot()]
        try test.begin()
        states.append(test.snapshot())
        while test.vault.rekeyStatus != nil {
            try test.advance(rows: 9, commits: 1)
            states.append(test.snapshot())
        }
        try test.vault.put("n1", [("api-key", "last")])
        let last = test.snapshot()
        let anchor = try #require(test.anchors.bytes)
        #expect(states.count > 6)
        for (number, state) in states.enumerated() {
            test.restore(state)
            test.anchors.bytes = anchor
            try test.reopen()
            let error = #expect(throws: VaultError.self) { try test.unlock(old: number == 0) }
            if case .olderCopy = error {} else { Issue.record("\(String(describing: error)) for state \(number)") }
            #expect(try test.unlock(old: number == 0, accepting: .olderCopy) == .unknown, "the deliberate way on")
            for mixture in [
                RekeyVault.Snapshot(head: last.head, pages: state.pages, rows: last.rows),
                .init(head: last.head, pages: last.pages, rows: state.rows),
                .init(head: state.head, pages: last.pages, rows: last.rows),
                .init(head: state.head, pages: state.pages, rows: last.rows),
            ] {
                test.restore(mixture)
                test.anchors.bytes = nil
                try test.reopen()
                #expect(throws: VaultError.self) {
                    try test.unlock(old: number == 0)
                    _ = try test.vault.verify()
                }
            }
        }
    }

    /// The anchor of a machine that saw nothing of the change still counts, and a kill before the first anchor under the new
    /// root leaves one like it.
    @Test func anAnchorUnderTheFormerRootStillCounts() throws {
        let test = try RekeyVault()
        let before = test.anchors.bytes
        try test.begin()
        for commits in [0, 1, 5, .max] {
            try test.advance(commits: commits)
            test.anchors.bytes = before
            try test.reopen()
            #expect(try test.unlock() == .known)
        }
        // Spoilt, it says nothing; but that this root is none that this machine knows, it still says.
        test.anchors.bytes = before
        test.anchors.bytes![90] ^= 1
        try test.reopen()
        let error = #expect(throws: VaultError.self) { try test.unlock() }
        if case .olderCopy = error {} else { Issue.record("\(String(describing: error))") }
        #expect(try test.unlock(accepting: .olderCopy) == .unknown, "its MAC does not hold")
        test.anchors.bytes![90] ^= 1
        try test.reopen()
        #expect(try test.unlock() == .unknown, "its MAC does not hold, but its public key is this root's")
    }

    /// The former file, and what somebody with the former root makes of it: any generation, and no chain to compare.
    @Test(arguments: [1, 2]) func aRootThatWasLeftIsRefusedWhateverItsGeneration(changes: Int) throws {
        let test = try RekeyVault()
        let leaked = try #require(test.vault.keys)
        var forged = try #require(test.vault.contents).manifest
        let before = test.snapshot()
        let missed = test.anchors.bytes
        for _ in 0..<changes {
            try test.begin()
            try test.advance()
        }
        let last = test.snapshot()
        let anchor = test.anchors.bytes
        forged.generation += 1_000_000
        forged.chain = Chain()
        for manifest in [try #require(before.head).manifest, forged.seal(leaked.manifest)] {
            test.restore(before)
            test.store.head?.manifest = manifest
            test.anchors.bytes = anchor
            try test.reopen()
            for accepting in [Acceptance(), .fork] {
                let error = #expect(throws: VaultError.self) { try test.unlock(old: true, accepting: accepting) }
                if case .olderCopy = error {} else { Issue.record("\(String(describing: error))") }
            }
            #expect(test.anchors.bytes == anchor, "what was seen is not forgotten")
            #expect(try test.unlock(old: true, accepting: .olderCopy) == .unknown, "the deliberate way on")
        }
        // A machine that was away meanwhile follows one change by itself, and two when it is told to.
        test.restore(last)
        test.anchors.bytes = missed
        try test.reopen()
        if changes == 2 {
            #expect(throws: VaultError.self) { try test.unlock() }
            try test.unlock(accepting: .olderCopy)
            try test.reopen()
        }
        #expect(try test.unlock() == .known)
    }

    @Test func twoChangesOfOneRootAreAFork() throws {
        let test = try RekeyVault()
        let (before, missed) = (test.snapshot(), test.anchors.bytes)
        try test.begin()
        try test.advance()
        let here = test.anchors.bytes
        test.restore(before)
        test.anchors.bytes = missed
        try test.reopen()
        try test.unlock(old: true)
        for number in 0..<200 { try test.vault.put("n\(number % 3)") }
        try test.begin()
        for commits in [0, .max] {
            try test.advance(commits: commits)
            test.anchors.bytes = here
            try test.reopen()
            let error = #expect(throws: VaultError.self) { try test.unlock() }
            if case .forked = error {} else { Issue.record("\(String(describing: error))") }
            #expect(try test.unlock(accepting: .fork) == .unknown, "the deliberate way on")
        }
    }

    /// It could never end, and would leave the vault half way.
    @Test(arguments: [0, 1, 2]) func aDamagedRowStopsItBeforeItBeginsAndIsNamed(part: Int) throws {
        let test = try RekeyVault()
        let keys = try #require(test.vault.keys)
        let address = keys.lookup(try ProfileName("prod"), try CredentialName("n8"))
        let index = try #require(test.vault.contents).index
        let entry = try #require(index.newest(address))
        switch part {
        case 0: test.store.rows[entry.place]!.secret[40] ^= 1
        case 1: test.store.rows[entry.place]!.overview[40] ^= 1
        default: test.store.rows[entry.place] = nil
        }
        let error = #expect(throws: VaultError.self) { try test.begin() }
        var reason = ""
        if case .damaged(let why) = error { reason = why }
        #expect(reason.hasSuffix(": n8 in the profile prod"))
        #expect(test.vault.rekeyStatus == nil)
        try test.reopen()
        #expect(try test.unlock(old: true) == .known)
    }

    @Test func everyByteOfAManifestInTheMiddleIsUnderTheSeal() throws {
        let (test, _, _) = try halfWay()
        let state = test.snapshot()
        let count = try #require(state.head).manifest.count
        for position in stride(from: 0, to: count, by: 7) {
            test.restore(state)
            test.store.head!.manifest[position] ^= 1
            try test.reopen()
            #expect(throws: VaultError.self) { try test.unlock() }
        }
    }
}
