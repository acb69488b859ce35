import KistCrypto
import SecretMemory
import Testing

@testable import KistVault

/// What this machine saw of the log, and what is said when it saw nothing.
struct AuditSeenTests {
    let bench = LogBench()
    private let unseen = [
        "this machine had not seen the log before: nobody can tell whether its end was cut"
    ]

    private func whats(_ log: AuditLog) throws -> [String] { try log.report().faults.map(\.what) }

    /// An older copy of the log is put back, and what was seen of it removed or made unreadable.
    @Test func anOlderCopyWithoutTheStateOutsideIsSaid() throws {
        let (store, log) = try bench.filled(5, code: LogBench.makeCode())
        log.close()
        let earlier = store.files
        let later = try bench.open(store)
        for number in 0..<5 { try later.append(try LogBench.entry(number), .durable) }
        later.close()
        for note in [nil, [], Array(repeating: 1, count: 89)] as [[UInt8]?] {
            let (left, seen) = (MemoryAudit(earlier), MemoryAnchors())
            seen.bytes = note
            let back = try bench.open(left, seen: seen)
            #expect(try whats(back) == unseen)
            // Durable already, and said once.
            let cut = MemoryAudit(left.durable)
            let next = try bench.open(cut, seen: seen)
            #expect(try whats(next) == unseen)
            #expect(next.sequence == back.sequence)
        }
    }

    /// Where nothing is kept, nothing is missed; and a log that begins is no log that was not seen.
    @Test func nothingIsSaidWhereNothingCanHaveBeenSeen() throws {
        let (store, log) = try bench.filled(3, code: LogBench.makeCode())
        log.close()
        #expect(try whats(try bench.open(store, seen: MemoryAnchors(), isSeenKept: false)) == [])
        let (left, seen) = (MemoryAudit(), MemoryAnchors())
        // Killed after the file was there and before its first entry, then after that one and before it was remembered.
        left.failing = { $0 == "append" ? 5 : nil }
        _ = try? bench.open(left, seen: seen)
        left.failing = { _ in nil }
        seen.failsToSave = true
        let first = try bench.open(left, seen: seen)
        try first.append(try LogBench.entry(0), .durable)
        seen.failsToSave = false
        #expect(try whats(try bench.open(left, seen: seen)) == [])
    }

    /// Killed between the commit of a change of the root and what follows it: what was seen is under the former root.
    @Test func whatWasSeenUnderTheFormerRootCounts() throws {
        let (store, log) = try bench.filled(5, code: LogBench.makeCode())
        try log.append(try LogBench.entry(5), .durable)
        log.remember()
        let next = LogBench.SharedKey()
        try log.prepare(for: next.bytes)
        let seen = MemoryAnchors()
        seen.bytes = bench.seen.bytes
        let opened = try bench.open(MemoryAudit(store.files), key: next, former: bench.root, seen: seen)
        #expect(try whats(opened) == [])
        // From now on under the new one alone.
        #expect(AuditSeen.read(seen, vaultID: bench.vaultID, next.bytes).isSeen)
        let without = MemoryAnchors()
        without.bytes = bench.seen.bytes
        #expect(try whats(try bench.open(MemoryAudit(store.files), key: next, seen: without)) == unseen)
    }
}
