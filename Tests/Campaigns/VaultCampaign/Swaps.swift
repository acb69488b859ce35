import KistModel
import KistStore
import KistTestKit
import KistVault

/// A3: of 100 credentials with two revisions each, five kinds of parts put in each other's place, all 49,500 ordered pairs; then
/// 1,000 parts of another vault. What was bent is asked for each time, and the whole vault is judged.
enum Swaps {
    private static let credentials = 100
    private static let kinds = 5
    private static let foreign = 1_000

    static func run(_ options: Options) throws -> Tally {
        let subject = try filled("v")
        let other = try filled("v").store.rows
        let clean = subject.snapshot()
        let truth = try (0..<credentials).map { try subject.vault.value("n\($0)") }
        // The vault hides which row is whose; by revision, the first hundred writes after the first are the older ones.
        let older = clean.rows.keys.filter { $0.revision <= UInt64(credentials) + 1 }.sorted {
            $0.revision < $1.revision
        }
        let newest = clean.rows.keys.filter { $0.revision > UInt64(credentials) + 1 }.sorted {
            $0.revision < $1.revision
        }
        guard older.count == credentials, newest.count == credentials else {
            throw Broken("the places are not as thought")
        }
        let foreignNewest = other.keys.sorted { $0.revision < $1.revision }.suffix(credentials)
        var tally = Tally()
        let own = credentials * (credentials - 1) * kinds
        for number in options.range(own + foreign) {
            var bent = clean.rows
            let target: Int
            if number < own {
                let pair = number / kinds
                target = pair / (credentials - 1)
                let step = pair % (credentials - 1)
                let source = step < target ? step : step + 1
                bend(&bent, number % kinds, older, newest, from: source, to: target)
                tally.count("swaps")
            } else {
                target = number % credentials
                let row = other[foreignNewest[foreignNewest.startIndex + (number - own) / credentials]]!
                if number % 2 == 0 {
                    bent[newest[target]]!.overview = row.overview
                } else {
                    bent[newest[target]]!.secret = row.secret
                }
                tally.count("foreign")
            }
            subject.store.rows = bent
            let start = Tally.now
            let asked = Result { try subject.vault.value("n\(target)") }
            if case .success(let value) = asked, value != truth[target] {
                tally.fail("swap \(number): a wrong value")
            }
            do {
                _ = try subject.vault.verify()
                tally.fail("swap \(number): not noticed")
            } catch { tally.count("refused") }
            tally.took(since: start)
        }
        subject.restore(clean)
        guard try subject.vault.verify() == 2 * credentials else { throw Broken("the control: nothing bent, refused") }
        return tally
    }

    private static func filled(_ word: String) throws -> Subject<MemoryStore> {
        let subject = try Subject(MemoryStore())
        for round in 0..<2 {
            for number in 0..<credentials { try subject.vault.put("n\(number)", "\(word)\(round)-\(number)") }
        }
        return subject
    }

    private static func bend(
        _ rows: inout [RecordPlace: (overview: [UInt8], secret: [UInt8])], _ kind: Int, _ older: [RecordPlace],
        _ newest: [RecordPlace], from source: Int, to target: Int
    ) {
        switch kind {
        case 0: rows[newest[target]]!.overview = rows[newest[source]]!.overview
        case 1: rows[newest[target]]!.secret = rows[newest[source]]!.secret
        case 2: rows[older[target]]!.overview = rows[newest[source]]!.overview
        case 3: rows[newest[target]]!.secret = rows[older[source]]!.secret
        default: rows[newest[target]] = rows[newest[source]]
        }
    }
}

/// A4: 100 rows dropped, 100 doubled, 100 brought back after they were removed or replaced.
enum Drops {
    static func run(_ options: Options) throws -> Tally {
        let subject = try Subject(MemoryStore())
        for number in 0..<100 { try subject.vault.put("n\(number)", "v\(number)") }
        let clean = subject.snapshot()
        let places = clean.rows.keys.sorted()
        var tally = Tally()
        func judge(_ what: String) {
            tally.count(what)
            if (try? subject.vault.verify()) != nil {
                tally.fail("\(what): not noticed")
            } else {
                tally.count("noticed")
            }
        }
        for place in places {
            subject.restore(clean)
            subject.store.rows[place] = nil
            judge("dropped")
            subject.restore(clean)
            subject.store.rows[RecordPlace(lookup: place.lookup, revision: place.revision + 1_000)] = clean.rows[place]
            judge("doubled")
        }
        subject.restore(clean)
        for number in 0..<100 {
            let before = subject.snapshot()
            if number % 2 == 0 {
                try subject.vault.remove(.default, CredentialName("n\(number)"))
            } else {
                // After eleven more writes the first revision is gone.
                for _ in 0..<11 { try subject.vault.put("n\(number)", "again") }
            }
            let after = subject.snapshot()
            for (place, row) in before.rows where after.rows[place] == nil { subject.store.rows[place] = row }
            judge("revived")
            subject.restore(after)
        }
        guard try subject.vault.verify() > 0 else { throw Broken("the control") }
        return tally
    }
}
