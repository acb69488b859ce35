import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistVault

/// A look at the whole log goes in steps, while the agent goes on.
struct AuditCheckTests {
    let code = LogBench.makeCode()

    /// A code's line that began long before what is kept: its keys are derived some at a time.
    @Test func keysOfALongLineAreDerivedInSteps() throws {
        let bench = LogBench()
        let audit = bench.root.bytes.copy()
        guard let secret = RecoveryCode.decode(SecretBytes(copyingExposed: code.utf8)) else { fatalError("no code") }
        let line = AuditLine.begin(at: 1, code: secret, vaultID: bench.vaultID)
        let first: UInt64 = 100_001
        var chain = line.key.copy()
        for _ in 1..<first { AuditKeys.advance(&chain) }
        let store = MemoryAudit()
        _ = try AuditLog.place(
            after: nil, isFirst: true, line: line.line, chain: chain, first: first,
            previous: [UInt8](repeating: 0, count: 32), vaultID: bench.vaultID, audit, store, bench.limits)
        bench.seen.bytes = AuditSeen(next: first, tag: [UInt8](repeating: 0, count: 32)).encode(
            vaultID: bench.vaultID, bench.root.bytes)
        let log = try bench.open(store)
        for number in 0..<10 { try log.append(try LogBench.entry(number), .first) }
        let check = try AuditCheck(log, recoveryCode: SecretBytes(copyingExposed: code.utf8))
        var steps = 1
        while try check.step(1_000) {
            if steps == 1 { #expect(check.report.entries == 0) }
            steps += 1
        }
        // 100,000 keys of which 16 count as one entry.
        #expect(steps >= 6)
        #expect(check.report.proved == 10)
        #expect(check.report.faults == [])
    }

    /// The agent goes on while somebody verifies: segments that are dropped for age meanwhile are no damage.
    @Test(arguments: [1, 9, 20]) func aRotationMeanwhileIsNoDamage(seenBefore: Int) throws {
        var bench = LogBench()
        bench.limits.segment = 4_096
        bench.limits.kept = 3
        let (_, log) = try bench.filled(100, code: code)
        let check = try AuditCheck(log, recoveryCode: SecretBytes(copyingExposed: code.utf8))
        #expect(try check.step(seenBefore))
        for number in 0..<18 { try log.append(try LogBench.entry(number), .first) }
        while try check.step(5) {}
        #expect(check.report.faults == [])
        #expect(check.report.proved == check.report.entries)
        #expect(check.report.last == 102)
    }

    /// A file that somebody made huge is not read to its end for a column of a list.
    @Test func lastUsesLookAtABoundedNumberOfEntries() throws {
        let bench = LogBench()
        let (store, log) = try bench.filled(1, code: code)
        let next = log.segment.number
        try log.rotate()
        // No seal opens, but each has the shape of an entry.
        let box = AuditFrame.boxes.lowerBound
        let frame = [0, 0, UInt8(box >> 8), UInt8(box & 255)] + [UInt8](repeating: 1, count: 8 + box + 32)
        var bytes = Array(try #require(store.files.older[next]).prefix(AuditSegment.start))
        for _ in 0..<60_000 { bytes += frame }
        store.files.older[next] = bytes
        store.bytesRead = 0
        _ = log.lastUse(.default, try CredentialName("c0"))
        #expect(store.bytesRead < 50_001 * frame.count + 300_000)
    }
}
