import KistCrypto
import KistStore
import KistTestKit
import Testing

@testable import KistVault

/// A backup that was damaged, cut, or put together anew is refused, always.
@Suite struct BackupTamperingTests {
    /// Every byte, one bit of it each.
    @Test func everyChangedByteIsRefused() throws {
        let bench = try BackupBench()
        try bench.vault.put("kumo", [("api-key", "one")])
        let backup = try bench.backup()
        #expect(try bench.take(backup).facts.rows == 1)
        var refused = 0
        for index in backup.indices {
            var changed = backup
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(throws: VaultError.self, "byte \(index)") { try bench.take(changed) }
            refused += 1
        }
        #expect(refused == backup.count && refused > 1_500)
    }

    /// Every length that is shorter, of a small one; around every border of a longer one.
    @Test func everyCutIsRefused() throws {
        let bench = try BackupBench()
        try bench.vault.put("kumo", [("api-key", "one")])
        let small = try bench.backup()
        for count in small.indices {
            #expect(throws: VaultError.self, "\(count) bytes") { try bench.take(Array(small[..<count])) }
        }
        try bench.fill()
        let long = try bench.backup()
        let start = long.count % SealedStream.chunkCount
        for border in stride(from: start, to: long.count, by: SealedStream.chunkCount) {
            for count in max(0, border - 3)...(border + 3) {
                #expect(throws: VaultError.self, "\(count) bytes") { try bench.take(Array(long[..<count])) }
            }
        }
        #expect(try bench.take(long).facts.credentials == 3)
    }

    @Test func chunksCannotBeMovedDoubledDroppedOrAdded() throws {
        let bench = try BackupBench()
        try bench.fill()
        try bench.vault.put("more", [("blob", String(repeating: "y", count: 200_000))])
        let source = try bench.vault.backup(now: TestVault.now)
        var pieces: [[UInt8]] = []
        while let piece = try source.next() { pieces.append(piece) }
        #expect(pieces.count >= 6)
        func refuses(_ changed: [[UInt8]], _ what: String) {
            #expect(throws: VaultError.self, "\(what)") { try bench.take(Array(changed.joined())) }
        }
        for index in 1..<pieces.count {
            var dropped = pieces
            dropped.remove(at: index)
            refuses(dropped, "without \(index)")
            var doubled = pieces
            doubled.insert(pieces[index], at: index)
            refuses(doubled, "twice \(index)")
            guard index + 1 < pieces.count else { continue }
            var swapped = pieces
            swapped.swapAt(index, index + 1)
            refuses(swapped, "\(index) and \(index + 1)")
        }
        refuses(pieces + [[0]], "a byte more")
        refuses(pieces + [pieces[1]], "a chunk more")
        // The stream of another backup of the same state.
        let other = try bench.vault.backup(now: TestVault.now)
        var others: [[UInt8]] = []
        while let piece = try other.next() { others.append(piece) }
        for index in 1..<pieces.count {
            var mixed = pieces
            mixed[index] = others[index]
            refuses(mixed, "\(index) of another")
        }
        #expect(try bench.take(Array(pieces.joined())).facts.credentials == 4)
    }

    /// The head of one state before the rows of another.
    @Test func aHeadAndAStreamOfTwoStatesDoNotFit() throws {
        let bench = try BackupBench()
        try bench.vault.put("kumo", [("api-key", "one")])
        let before = try bench.vault.backup(now: TestVault.now)
        try bench.vault.put("kumo", [("api-key", "two")])
        let after = try bench.vault.backup(now: TestVault.now)
        let heads = [try before.next() ?? [], try after.next() ?? []]
        let streams = [try before.next() ?? [], try after.next() ?? []]
        let cut = SealedStream.headCount
        for (head, stream, nonce) in [(0, 1, 1), (1, 0, 0), (0, 1, 0)] {
            let mixed = heads[head].dropLast(cut) + heads[nonce].suffix(cut) + streams[stream]
            #expect(throws: VaultError.self) { try bench.take(Array(mixed)) }
        }
    }

    @Test func whatIsNoBackupIsSaidSo() throws {
        let bench = try BackupBench()
        let backup = try bench.backup()
        let no = VaultError.damaged("this is not a backup")
        for bytes in [
            [], Array("SQLite format 3\u{0}".utf8), Array("KISTBACK".utf8), [UInt8](repeating: 0, count: 9_000),
        ] {
            #expect(throws: no) { try bench.take(bytes) }
        }
        var newer = backup
        newer[8] = 2
        #expect(throws: VaultError.newer(version: 2)) { try bench.take(newer) }
        // Lengths that lead beyond the end, or beyond what is bounded.
        for count: UInt8 in [0x00, 0x7F, 0xFF] {
            var long = backup
            long[9] = count
            long[10] = 0xFF
            #expect(throws: VaultError.damaged("the head of the backup is not whole")) { try bench.take(long) }
        }
    }

    /// A store that fails at any commit leaves no vault that opens.
    @Test func aRestoreThatFailsLeavesNothingThatOpens() throws {
        let bench = try BackupBench()
        try bench.fill()
        let backup = try bench.backup()
        let target = MemoryStore()
        target.failure = .full
        #expect(throws: VaultError.full) { try bench.take(backup, into: target) }
        #expect(target.head == nil)
        // What was written before the last commit has a manifest that nobody can open.
        var cut = backup
        cut.removeLast()
        let part = MemoryStore()
        #expect(throws: VaultError.self) { try bench.take(cut, into: part) }
        if part.head != nil { #expect(throws: VaultError.self) { try bench.answers(part) } }
    }
}
