import Glibc
import KistAgent
import KistCrypto
import KistModel
import KistVault
import SecretMemory
import StoreSQLite

/// `vault-bench rekey CREDENTIALS [FOLDER]`: three revisions of 200 bytes of each, then a change of the root.
///
/// Seconds of the whole and of its two halves; resident memory before and at most, in KiB; then the root again as when others
/// want something meanwhile: how long one had to wait for a slice, in microseconds at the 50th and 99th percentile. Before
/// that the same for a look at every row, in slices of 2 ms, and its seconds.
enum RekeyBench {
    static func run(_ count: Int, in parent: String) throws {
        let limits = Limits()
        var template = Array("\(parent)/kist-rekey.XXXXXX".utf8CString)
        let folder = String(cString: mkdtemp(&template))
        let path = "\(folder)/vault.kist"
        defer {
            unlink(path)
            rmdir(folder)
        }
        let kek = SecretBytes.makeRandom(count: 32)
        var challenge = SlotChallenge.make(cost: .floor)
        let vault = try Vault.create(
            in: try SQLiteStore.create(path), anchors: Forgetful(),
            slotKey: SlotKey(challenge: challenge, key: kek.copy()), now: Timestamp(seconds: 0)
        ).vault
        for _ in 0..<3 {
            for start in stride(from: 0, to: count, by: 10_000) {
                try fill(vault, start..<min(start + 10_000, count))
            }
        }
        guard try vault.verify() == 3 * count else { fatalError("not all are there") }

        func begin() throws {
            let next = SlotChallenge.make(cost: .floor)
            try vault.changeRoot(
                SlotKey(challenge: next, key: kek.copy()), stored: SecretSegments(),
                proof: .passphrase(SlotKey(challenge: challenge, key: kek.copy())), now: Timestamp(seconds: 0))
            challenge = next
        }
        let verified = try verify(vault)
        let before = resident()
        var most = before
        let start = now()
        var checking = start
        try begin()
        var steps = 0
        while true {
            let isMoving = vault.rekeyStatus?.phase == .moving
            let end = now() + 2_000
            guard try vault.advanceRekey(most: limits.rekeyRows, isEnough: { now() >= end }) else { break }
            if isMoving { checking = now() }
            steps += 1
            if steps % 16 == 0 { most = max(most, resident()) }
        }
        let whole = now() - start
        try begin()
        var waits: [Int] = []
        while vault.rekeyStatus?.phase == .moving, waits.count < 4_000 {
            let begun = now()
            _ = try vault.advanceRekey(most: limits.rekeyRowsWanted, isEnough: { now() >= begun + 2_000 })
            waits.append(now() - begun)
        }
        print(
            #"{"credentials":\#(count),"seconds":\#(Double(whole) / 1e6),"moving":\#(Double(checking - start) / 1e6),"#
                + #""resident":[\#(before),\#(most)],"wait":\#(percentiles(waits)),"#
                + #""verify":\#(percentiles(verified)),"verified":\#(Double(verified.reduce(0, +)) / 1e6)}"#
        )
    }

    /// How long each slice of a look at every row took, in microseconds.
    private static func verify(_ vault: Vault) throws -> [Int] {
        let all = Verification(vault)
        var slices: [Int] = []
        while true {
            let begun = now()
            let isMore = try all.advance(isEnough: { now() >= begun + 2_000 })
            slices.append(now() - begun)
            guard isMore else { return slices }
        }
    }

    private static func percentiles(_ times: [Int]) -> [Int] {
        let times = times.sorted()
        return [times[times.count / 2], times[times.count * 99 / 100]]
    }

    private static func fill(_ vault: Vault, _ numbers: Range<Int>) throws {
        let field = try FieldName("api-key")
        let items = try numbers.map {
            PutItem(
                profile: .default, name: try CredentialName("credential-\($0)"), platform: "kumo", secrets: [field])
        }
        let secrets = SecretSegments(
            bytes: SecretBytes(count: 200 * items.count) { memset($0.baseAddress!, 0x61, $0.count) },
            lengths: Array(repeating: 200, count: items.count))
        try vault.put(items, secrets: secrets, note: WriteNote(who: "bench", why: "add", when: Timestamp(seconds: 0)))
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }

    /// KiB.
    private static func resident() -> Int {
        guard let file = fopen("/proc/self/statm", "re") else { return 0 }
        defer { fclose(file) }
        var (size, pages) = (0, 0)
        withUnsafeMutablePointer(to: &size) { size in
            withUnsafeMutablePointer(to: &pages) { pages in
                _ = withVaList([size, pages]) { vfscanf(file, "%ld %ld", $0) }
            }
        }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_024
    }
}
