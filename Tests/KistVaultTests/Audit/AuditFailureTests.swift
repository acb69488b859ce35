import Glibc
import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistVault

/// Full disks and failing ones: nothing goes out that is not written down, and no entry that was written is lost.
struct AuditFailureTests {
    let bench = LogBench()

    @Test(arguments: [ENOSPC, EIO])
    func whatCannotBeWrittenIsRefusedAndTheLogGoesOn(code: Int32) throws {
        for call in ["append", "sync", "reserve"] {
            var bench = LogBench()
            bench.limits.reserve = 0
            bench.limits.last = 0
            let (store, log) = try bench.filled(5, code: LogBench.makeCode())
            store.failing = { $0 == call ? code : nil }
            #expect(throws: AuditStoreError(code: code)) { try log.append(try LogBench.entry(5), .durable) }
            store.failing = { _ in nil }
            try log.append(try LogBench.entry(6), .durable)
            let report = try log.report()
            #expect(report.faults == [], "\(call)")
            let reasons = try log.all().map(\.reason)
            #expect(reasons.last == "train.py 6")
            #expect(reasons.contains("train.py 4"))
        }
    }

    @Test func lockingAndRemovingGoOnWhenTheDiskIsFull() throws {
        var bench = bench
        bench.limits.reserve = 1_000
        bench.limits.last = 2_000
        let (store, log) = try bench.filled(1, code: LogBench.makeCode())
        store.room = 0
        var handedOut = 0
        while (try? log.append(try LogBench.entry(handedOut), .first)) != nil { handedOut += 1 }
        // Refused while there is room that only these may use, also of the next agent.
        let left = MemoryAudit(store.files, reserved: 2_000)
        left.room = 0
        let next = try bench.open(left)
        try next.append(try LogBench.entry(99, verb: "unlock"), .ifPossible)
        #expect(try next.all().last?.verb == "unlock")
        #expect(throws: AuditStoreError(code: ENOSPC)) { try next.append(try LogBench.entry(1), .first) }
        try log.append(try LogBench.entry(100, verb: "lock"), .ifPossible)
        try log.append(try LogBench.entry(101, verb: "remove"), .ifPossible)
        #expect(try log.all().suffix(2).map(\.verb) == ["lock", "remove"])
        // And beyond it they are counted.
        for number in 0..<50 { try log.append(try LogBench.entry(number, verb: "lock"), .ifPossible) }
        #expect(log.missed > 0)
        let missed = log.missed
        #expect(throws: AuditStoreError(code: ENOSPC)) { try log.append(try LogBench.entry(1), .first) }
        store.room = .max
        try log.append(try LogBench.entry(2), .durable)
        #expect(try log.all().last?.missed == missed)
        #expect(try log.report().faults.map(\.what) == ["\(missed) entries before it could not be written"])
    }

    /// C2 in small: the log is left after every single call that writes, and opened again.
    @Test func aKillAtEveryCallLosesNothing() throws {
        var bench = bench
        bench.limits.segment = 2_500
        bench.limits.kept = 2
        let code = LogBench.makeCode()
        struct Killed: Error {}
        var calls = 1
        var isDone = false
        while !isDone {
            let store = MemoryAudit()
            let seen = MemoryAnchors()
            var left = calls
            store.failing = { _ in
                left -= 1
                return left < 0 ? EIO : nil
            }
            var written = 0
            if let log = try? bench.open(store, seen: seen) {
                try? log.renew(code: SecretBytes(copyingExposed: code.utf8), who: LogBench.who, now: LogBench.now)
                for number in 0..<20 where left >= 0 {
                    guard (try? log.append(try LogBench.entry(number), number % 5 == 0 ? .durable : .first)) != nil
                    else { break }
                    written = number + 1
                }
                isDone = left >= 0
            }
            store.failing = { _ in nil }
            let next = try bench.open(store, seen: seen)
            let report = try next.report()
            #expect(report.faults == [], "killed at call \(calls)")
            let names = try next.all().filter { $0.verb == "reveal" }.compactMap { $0.targets.first?.name?.description }
            // Older ones may have been dropped for age; of the rest none is missing.
            let kept = names.first.flatMap { Int($0.dropFirst()) } ?? 0
            #expect(names.count >= written - kept)
            calls += 1
        }
        #expect(calls > 30)
    }

    /// Folders, pipes and links that have the name of a segment.
    @Test func junkBesideTheLogStopsNeitherOpeningNorAChangeOfTheRoot() throws {
        var bench = bench
        bench.limits.segment = 2_500
        let (store, log) = try bench.filled(20, code: LogBench.makeCode())
        store.files.older[100] = []
        store.junk = [100]
        let next = LogBench.SharedKey()
        try log.prepare(for: next.bytes)
        // Killed before it settles: the one that opens it clears the other places.
        let opened = try bench.open(store, key: next, seen: MemoryAnchors(), isSeenKept: false)
        try opened.prepare(for: bench.root.bytes)
        try opened.settle(on: bench.root.bytes.copy())
        #expect(try opened.all().count == 22)
    }
}
