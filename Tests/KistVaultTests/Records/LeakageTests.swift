import Glibc
import KistModel
import KistStore
import KistTestKit
import KistVault
import Testing

/// What the file tells to whoever has no key.
@Suite struct LeakageTests {
    /// Names, values, notes and profiles of a thousand credentials: none in any file of the folder, not while a write is
    /// being made, and the same search finds one that was planted.
    @Test func nothingStandsInClearOnDisk() throws {
        let test = try TestVault()
        let canaries = (0..<1_000).map { "CANARY\($0)q\($0 % 7)" }
        for batch in stride(from: 0, to: 1_000, by: 250) {
            let items = try canaries[batch..<batch + 250].map {
                PutItem(
                    profile: try ProfileName("P" + $0), name: try CredentialName("N" + $0), platform: "F" + $0,
                    plain: [PlainField(name: try FieldName("L" + $0), value: "U" + $0)],
                    secrets: [try FieldName("S" + $0)], note: "T" + $0)
            }
            try test.vault.put(
                items, secrets: segments(canaries[batch..<batch + 250].map { "V" + $0 }),
                note: WriteNote(who: "CANARYwho", why: "CANARYwhy", when: TestVault.now))
        }
        try test.vault.remove(try ProfileName("P" + canaries[3]), try name("N" + canaries[3]))
        test.vault.lock()
        var files = 0
        for name in try TestVault.names(test.folder) {
            files += 1
            let found = try Self.count("CANARY", in: try Bytes.load("\(test.folder)/\(name)"))
            #expect(found == 0, "\(name)")
        }
        #expect(files >= 1)
        var planted = try Bytes.load(test.path)
        planted.replaceSubrange(9_000..<9_006, with: Array("CANARY".utf8))
        #expect(try Self.count("CANARY", in: planted) == 1, "the control: the search finds what is there")
    }

    @Test func fourThousandLengthsGiveAtMostEightSizes() throws {
        let test = try MemoryVault()
        let field = try FieldName("api-key")
        let lengths = 1...4_096
        let items = try lengths.map {
            PutItem(profile: .default, name: try name("n\($0)"), platform: "kumo", secrets: [field])
        }
        try test.vault.put(
            items, secrets: segments(lengths.map { String(repeating: "x", count: $0) }),
            note: WriteNote(who: "test", why: "add", when: TestVault.now))
        #expect(test.store.rows.count == 4_096)
        #expect(Set(test.store.rows.values.map(\.secret.count)).count <= 8)
        #expect(Set(test.store.rows.values.map(\.overview.count)).count == 1)
    }

    /// The same content twice gives different bytes everywhere: no nonce is used again.
    @Test func sealingTwiceGivesDifferentBytes() throws {
        let test = try MemoryVault()
        for _ in 0..<200 { try test.vault.put("kumo") }
        for number in 0..<500 { try test.vault.put("n\(number)") }
        let nonces = test.store.rows.values.flatMap { [Array($0.overview[9..<33]), Array($0.secret[9..<33])] }
        #expect(nonces.count == 2 * (11 + 500))
        #expect(Set(nonces).count == nonces.count)
    }

    private static func count(_ text: String, in bytes: [UInt8]) throws -> Int {
        let wanted = Array(text.utf8)
        var found = 0
        var start = 0
        while let first = bytes[start...].firstIndex(of: wanted[0]) {
            if bytes[first...].starts(with: wanted) { found += 1 }
            start = first + 1
        }
        return found
    }
}
