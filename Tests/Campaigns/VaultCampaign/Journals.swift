import Glibc
import KistModel
import KistStore
import KistVault
import StoreSQLite

/// A2, for the journal: a write was killed before its last sync, and the journal that should undo it is cut at every length, then
/// turned over bit by bit. What is opened is the state before the write or the one after it; anything else is refused.
enum Journals {
    /// Writes into the fixture's own file; the driver kills it on its way.
    static func interrupt(_ options: Options) throws -> Tally {
        let folder = options.folder("fixture")
        let door = try Fixture.door(folder)
        let vault = try Vault.open(try SQLiteStore.open("\(folder)/vault.kist"), anchors: Anchors())
        try vault.unlock(with: door.key(), now: Timestamp(seconds: 1_790_000_000))
        try vault.put("n0", String(repeating: "after the write ", count: 120))
        return Tally()
    }

    /// `--fixture` holds `vault.kist` as the kill left it, its journal, and the clean file as `before.kist`.
    static func run(_ options: Options) throws -> Tally {
        let folder = options.folder("fixture")
        let journal = try File.load("\(folder)/vault.kist-journal")
        let half = try File.load("\(folder)/vault.kist")
        let before = try File.load("\(folder)/before.kist")
        let fixture = try Fixture(options, clean: before)
        defer { fixture.remove() }
        let beside = "\(fixture.path)-journal"
        func answers(_ bytes: [UInt8]?) throws -> Answers {
            try File.save(half, fixture.path)
            if let bytes { try File.save(bytes, beside) } else { unlink(beside) }
            defer { unlink(beside) }
            return try fixture.answers()
        }
        let after = try answers(nil)
        guard try answers(journal) == fixture.truth else {
            throw Broken("the control: a whole journal does not undo the write")
        }
        guard after != fixture.truth else { throw Broken("the control: nothing was being written") }
        var tally = Tally()
        for number in options.range(journal.count + journal.count * 8) {
            var bent = journal
            if number < journal.count {
                bent.removeSubrange(number...)
                tally.count("cuts")
            } else {
                let bit = number - journal.count
                bent[bit / 8] ^= 1 << UInt8(bit % 8)
                tally.count("flips")
            }
            let start = Tally.now
            do {
                let found = try answers(bent)
                if found == fixture.truth {
                    tally.count("before")
                } else if found == after {
                    tally.count("after")
                } else {
                    tally.fail("journal \(number): a state that never was")
                }
            } catch is VaultError { tally.count("refused") } catch is StoreError { tally.count("refusedByTheStore") }
            tally.took(since: start)
        }
        tally.count("journalBytes", journal.count)
        return tally
    }
}
