import Glibc
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory
import StoreSQLite
import Testing

/// Any changed bit is noticed or harmless, never wrong data, never a crash.
@Suite struct BitFlipTests {
    /// In memory: one bit of every byte of everything that a tag covers. All are refused.
    @Test func everyByteUnderATagIsRefused() throws {
        let test = try MemoryVault()
        try test.vault.put("kumo", [("api-key", "a:b")], plain: [("url", "https://x")], note: "n")
        try test.vault.put("kumo", [("api-key", "c:d")])
        let clean = test.snapshot()
        var flips = 0
        func refuse(_ what: String, _ bend: (inout MemoryVault.Snapshot) -> Void) throws {
            flips += 1
            var bent = clean
            bend(&bent)
            test.restore(bent)
            let answer = Result {
                try test.reopen()
                try test.unlock()
                return try (test.vault.verify(), Answers(test.vault))
            }
            guard case .failure(let error) = answer, error is VaultError else {
                Issue.record("\(what) was not noticed")
                return
            }
        }
        let head = try #require(clean.head)
        for byte in head.header.indices {
            try refuse("header \(byte)") { $0.head!.header[byte] ^= 1 << UInt8(byte % 8) }
        }
        for byte in head.manifest.indices {
            try refuse("manifest \(byte)") { $0.head!.manifest[byte] ^= 1 << UInt8(byte % 8) }
        }
        for (number, page) in clean.pages {
            for byte in page.indices {
                try refuse("page \(byte)") { $0.pages[number]![byte] ^= 1 << UInt8(byte % 8) }
            }
        }
        for (place, row) in clean.rows {
            for byte in row.overview.indices {
                try refuse("overview \(byte)") { $0.rows[place]!.overview[byte] ^= 1 << UInt8(byte % 8) }
            }
            for byte in row.secret.indices {
                try refuse("secret \(byte)") { $0.rows[place]!.secret[byte] ^= 1 << UInt8(byte % 8) }
            }
        }
        #expect(flips > 2_000)
        test.restore(clean)
        try test.reopen()
        try test.unlock()
        #expect(try test.vault.verify() == 2, "the control")
    }

    /// On disk: bits of the whole file, SQLite's own bytes too. Each is refused or changes nothing.
    @Test func sampledBitsOfTheFileAreNoticedOrHarmless() throws {
        let test = try TestVault()
        for number in 0..<6 { try test.vault.put("n\(number)", [("api-key", "v\(number)")]) }
        try test.vault.put("n0", [("api-key", "newer")])
        let truth = try Answers(test.vault)
        let challenge = try #require(test.vault.challenges.first)
        let kek = try TestVault.key("correct horse", challenge).testOnlyKey()
        test.vault.lock()
        let clean = try Bytes.load(test.path)
        var random = Seeded(state: 20_261_121)
        var refused = 0
        var harmless = 0
        for _ in 0..<20_000 {
            let bit = Int(random.next() % UInt64(clean.count * 8))
            var bent = clean
            bent[bit / 8] ^= 1 << UInt8(bit % 8)
            try Bytes.save(bent, test.path)
            let answer = Result {
                let vault = try Vault.open(try SQLiteStore.open(test.path), anchors: test.anchors)
                defer { vault.lock() }
                try vault.unlock(with: SlotKey(challenge: challenge, key: kek.copy()), now: TestVault.now)
                return try Answers(vault)
            }
            switch answer {
            case .success(let answers):
                harmless += 1
                #expect(answers == truth, "bit \(bit) gave wrong data")
            case .failure(let error):
                refused += 1
                #expect(error is VaultError || error is StoreError, "bit \(bit): \(error)")
            }
        }
        #expect(refused > 100 && harmless > 0)
    }

    /// Every page of the file cut off, and odd lengths: never taken for whole.
    @Test func aTruncatedFileIsNeverComplete() throws {
        let test = try TestVault()
        for number in 0..<6 { try test.vault.put("n\(number)", [("api-key", "v\(number)")]) }
        test.vault.lock()
        let clean = try Bytes.load(test.path)
        var random = Seeded(state: 7)
        let lengths =
            Array(stride(from: 0, to: clean.count, by: 4_096))
            + (0..<60).map { _ in
                Int(random.next() % UInt64(clean.count))
            }
        for length in lengths {
            try Bytes.save(Array(clean[..<length]), test.path)
            #expect(throws: (any Error).self, "\(length) bytes") {
                let vault = try Vault.open(try SQLiteStore.open(test.path), anchors: test.anchors)
                defer { vault.lock() }
                try vault.unlock(
                    with: try TestVault.key("correct horse", try #require(vault.challenges.first)), now: TestVault.now)
                _ = try vault.verify()
            }
        }
    }
}

/// Numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Whole files; only while no connection has them open.
enum Bytes {
    static func load(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "re"))
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// In place, so that the file stays the same file.
    static func save(_ bytes: [UInt8], _ path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        try #require(write(file, bytes, bytes.count) == bytes.count)
    }
}
