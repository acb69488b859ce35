import Glibc
import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistVault

/// What the log keeps, over ends of the agent of every kind.
struct AuditLogTests {
    let bench = LogBench()

    @Test func entriesComeOutAsTheyWentIn() throws {
        let (store, log) = try bench.filled(20, code: LogBench.makeCode())
        let entries = try log.all()
        #expect(entries.map(\.sequence) == Array(1...22))
        #expect(entries.map(\.verb).prefix(2) == ["log", "log"])
        var expected = try LogBench.entry(19)
        expected.sequence = 22
        #expect(entries.last == expected)
        log.close()
        #expect(try bench.open(store).all() == entries)
    }

    @Test func aKilledAgentLosesNoEntryAndTheNextOneGoesOn() throws {
        let code = LogBench.makeCode()
        let (store, _) = try bench.filled(30, code: code)
        // No close, no sync: what a kill leaves is what was written.
        let next = try bench.open(store)
        #expect(next.sequence == 33)
        try next.append(try LogBench.entry(30), .durable)
        let report = try next.report(code: code)
        #expect(report.faults == [])
        #expect(report.entries == 33)
        // All but the two before the code was given.
        #expect(report.proved == 32)
    }

    @Test func aPowerCutLosesOnlyWhatWasNotSynced() throws {
        let code = LogBench.makeCode()
        let (store, log) = try bench.filled(10, code: code)
        try log.append(try LogBench.entry(10), .durable)
        try log.append(try LogBench.entry(11), .first)
        for torn in [0, 1, 11, 200] {
            var files = store.durable
            // Part of the last entry had reached the disk.
            let end = try #require(files.active?.count)
            files.active? += store.files.active![end..<end + torn]
            let seen = MemoryAnchors()
            seen.bytes = bench.seen.bytes
            let next = try bench.open(MemoryAudit(files), seen: seen)
            let entries = try next.all()
            #expect(entries.filter { $0.verb == "reveal" }.count == 11)
            let report = try next.report(code: code)
            // A whole entry that is gone without a trace is what a power cut may take; a torn one is said.
            let said = torn == 0 ? [] : ["a kill or a power cut took what was written last"]
            #expect(report.faults.map(\.what) == said)
            #expect(report.proved == UInt64(entries.count - 1))
        }
    }

    @Test func segmentsFollowEachOtherAndOldOnesGo() throws {
        var bench = bench
        bench.limits.segment = 4_096
        bench.limits.kept = 3
        let code = LogBench.makeCode()
        let (store, log) = try bench.filled(100, code: code)
        #expect(store.files.older.count == 3)
        let report = try log.report(code: code)
        #expect(report.faults == [])
        #expect(report.segments == 4)
        #expect(report.last == 102)
        #expect(report.first > 50)
        // The chain is proved from the code although its beginning is gone.
        #expect(report.proved == report.entries)
        #expect(report.entries == 102 - report.first + 1)
        log.close()
        #expect(try bench.open(store).report().faults == [])
        // One that should be kept and is not: noticed, whichever it is.
        for number in store.files.older.keys {
            let bent = MemoryAudit(store.files)
            bent.files.older[number] = nil
            #expect(try bench.open(bent).report().faults != [])
        }
    }

    @Test func filtersChoose() throws {
        let (_, log) = try bench.filled(10, code: LogBench.makeCode())
        try log.append(try LogBench.entry(3, verb: "put"), .durable)
        var filter = AuditFilter()
        filter.name = try CredentialName("c3")
        #expect(try log.all(filter).map(\.verb) == ["reveal", "put"])
        filter.verbs = ["put"]
        #expect(try log.all(filter).count == 1)
        filter = AuditFilter()
        filter.after = 10
        #expect(try log.all(filter).first?.sequence == 11)
        filter = AuditFilter()
        filter.since = Timestamp(seconds: LogBench.now.seconds + 1)
        #expect(try log.all(filter) == [])
        filter = AuditFilter()
        filter.verbs = ["run"]
        #expect(try log.all(filter).count == 11)
    }

    @Test func lastUseComesFromTheLog() throws {
        let code = LogBench.makeCode()
        var bench = bench
        bench.limits.segment = 4_096
        let (store, log) = try bench.filled(30, code: code)
        #expect(log.lastUse(.default, try CredentialName("c0")) == LogBench.now)
        #expect(log.lastUse(.default, try CredentialName("nobody")) == nil)
        var later = try LogBench.entry(0)
        later.when = Timestamp(seconds: LogBench.now.seconds + 60)
        try log.append(later, .first)
        var refused = try LogBench.entry(1)
        refused.when = later.when
        refused.result = "expired"
        try log.append(refused, .ifPossible)
        #expect(log.lastUse(.default, try CredentialName("c0")) == later.when)
        #expect(log.lastUse(.default, try CredentialName("c1")) == LogBench.now)
        log.close()
        let next = try bench.open(store)
        #expect(next.lastUse(.default, try CredentialName("c0")) == later.when)
        #expect(next.lastUse(.default, try CredentialName("c1")) == LogBench.now)
    }

    /// C16: the order is that of the numbers, whatever the clock does.
    @Test func aClockThatJumpsChangesNothing() throws {
        let code = LogBench.makeCode()
        let (store, log) = try bench.filled(3, code: code)
        for seconds: Int64 in [-1, 0, .max, .min, 4_000_000_000, 1] {
            var entry = try LogBench.entry(5)
            entry.when = Timestamp(seconds: seconds)
            try log.append(entry, .first)
        }
        let next = try bench.open(store)
        #expect(try next.all().map(\.sequence) == Array(1...11))
        #expect(try next.report(code: code).faults == [])
        #expect(try next.all().allSatisfy { $0.when.isWritable })
    }

    @Test func longEntriesAreDividedAndTextsFit() throws {
        let (_, log) = try bench.filled(0, code: LogBench.makeCode())
        var entry = try LogBench.entry(0)
        entry.targets = try (0..<5_000).map {
            .init(profile: .default, name: try CredentialName("credential-with-a-long-name-\($0)"))
        }
        entry.reason = String(repeating: "ä", count: 1_000)
        entry.who.program = String(repeating: "/x", count: 1_000)
        try log.append(entry, .durable)
        let parts = try log.all().filter { $0.verb == "reveal" }
        #expect(parts.count > 1)
        #expect(parts.flatMap(\.targets) == entry.targets)
        #expect(parts[0].reason == String(repeating: "ä", count: 256))
        #expect(parts[0].who.program.utf8.count == 255)
    }

    /// A request is written down before it is refused, whatever it names: more fields than any credential has, more than a
    /// count of two bytes can say, also short ones.
    @Test(arguments: [256, 257, 1_000, 70_000])
    func whatNamesTooManyFieldsIsWrittenDownWhole(count: Int) throws {
        let code = LogBench.makeCode()
        let (store, log) = try bench.filled(1, code: code)
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz")
        let names = try (0..<count).map { number in
            try FieldName("f" + (count > 300 ? "\(number)" : String([digits[number / 36 % 36], digits[number % 36]])))
        }
        var entry = try LogBench.entry(1)
        entry.targets[0].fields = names
        try log.append(entry, .durable)
        try log.append(try LogBench.entry(2), .durable)
        for log in [log, try bench.open(store)] {
            #expect(try log.report(code: code).faults == [])
            let written = try log.all().filter { $0.targets.first?.fields.first.map(names.contains) ?? false }
            #expect(written.flatMap(\.targets).flatMap(\.fields) == names)
        }
    }

    /// A11: nothing of an entry stands in clear.
    @Test func namesNeverStandInClear() throws {
        let (store, log) = try bench.filled(50, code: LogBench.makeCode())
        log.close()
        let all = (store.files.active ?? []) + (bench.seen.bytes ?? [])
        for word in ["default", "api_key", "train.py", "reveal", "/usr/bin/test", "test 1"] {
            #expect(all.firstRange(of: Array(word.utf8)) == nil)
        }
    }

    @Test func aChangeOfTheRootMayBeKilledAnywhere() throws {
        var bench = bench
        bench.limits.segment = 4_096
        let code = LogBench.makeCode()
        let (store, log) = try bench.filled(40, code: code)
        let next = LogBench.SharedKey()
        let before = store.files
        try log.prepare(for: next.bytes)
        // Killed before or after the commit: the root that counts opens it.
        for key in [bench.root, next] {
            let left = MemoryAudit(store.files)
            let seen = MemoryAnchors()
            let opened = try bench.open(left, key: key, seen: seen, isSeenKept: false)
            #expect(try opened.report(code: code).faults == [])
            #expect(try opened.all().count == 42)
        }
        try log.settle(on: next.bytes.copy())
        try log.append(try LogBench.entry(40), .durable)
        #expect(try log.report(code: code).faults == [])
        #expect(store.files != before)
        log.close()
        // The old root opens nothing any more.
        let old = try bench.open(MemoryAudit(store.files), key: bench.root, seen: MemoryAnchors())
        #expect(try old.all().filter { $0.verb == "reveal" } == [])
    }
}
