import KistStore
import KistVault

/// A1: every bit of a file of 64 KiB turned over, SQLite's own bytes too. Each is refused, or changes nothing that is answered.
enum Flips {
    static func run(_ options: Options) throws -> Tally {
        let fixture = try Fixture(options)
        defer { fixture.remove() }
        var tally = Tally()
        for bit in options.range(fixture.clean.count * 8) {
            try File.poke(fixture.clean[bit / 8] ^ 1 << UInt8(bit % 8), at: bit / 8, of: fixture.path)
            tally.count("flips")
            let start = Tally.now
            do {
                if try fixture.answers() == fixture.truth {
                    tally.count("harmless")
                } else {
                    tally.fail("bit \(bit): a wrong answer")
                }
            } catch let error as VaultError {
                tally.count(error == .wrongKey ? "refusedAsWrongKey" : "refused")
            } catch is StoreError {
                tally.count("refusedByTheStore")
            } catch {
                tally.fail("bit \(bit): \(error)")
            }
            tally.took(since: start)
            if tally.longestMicroseconds > 5_000_000 { tally.fail("bit \(bit): took longer than 5 s") }
            // A look that found a journal or wrote anything would leave another file behind.
            try File.poke(fixture.clean[bit / 8], at: bit / 8, of: fixture.path)
            if bit % 4_096 == 0, try File.load(fixture.path) != fixture.clean {
                tally.fail("bit \(bit): opening wrote into the file")
            }
        }
        guard try fixture.answers() == fixture.truth else {
            throw Broken("the control: the clean file does not answer")
        }
        return tally
    }
}

/// A2: the file cut at every length: never taken for a whole one.
enum Cuts {
    static func run(_ options: Options) throws -> Tally {
        let fixture = try Fixture(options)
        defer { fixture.remove() }
        var tally = Tally()
        for length in options.range(fixture.clean.count) {
            try File.save(Array(fixture.clean[..<length]), fixture.path)
            tally.count("cuts")
            let start = Tally.now
            do {
                _ = try fixture.answers()
                tally.fail("\(length) bytes were taken for a whole file")
            } catch is VaultError {
                tally.count("refused")
            } catch is StoreError {
                tally.count("refusedByTheStore")
            } catch {
                tally.fail("\(length) bytes: \(error)")
            }
            tally.took(since: start)
        }
        try File.save(fixture.clean, fixture.path)
        guard try fixture.answers() == fixture.truth else {
            throw Broken("the control: the clean file does not answer")
        }
        return tally
    }
}
