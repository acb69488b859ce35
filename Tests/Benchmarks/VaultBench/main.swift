import Glibc
import KistAgent
import KistCrypto
import KistModel
import KistStore
import KistVault
import SecretMemory
import StoreSQLite

/// Times the vault inside one process, without socket or program start: `vault-bench [credentials…]`.
///
/// Fixture: each credential has one plain field of 40 bytes and one secret of 64, one revision. One line of JSON per size,
/// microseconds as [wall, processor], the best of several rounds. `unlock` is without Argon2id; `batch10k` writes 10,000 more credentials in one
/// transaction; `reveal1000` is 1,000 credentials at random, one call for each, file and all; `audited1000` is the same
/// with an entry of the audit log for each, as the agent writes it before the secret leaves.
final class Forgetful: AnchorStore {
    func load() throws(AnchorStoreError) -> [UInt8]? { nil }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) {}
}

/// The best round so far, wall clock and processor time; the second is what a busy machine does not blur.
struct Best: CustomStringConvertible {
    var wall = Int.max
    var cpu = Int.max

    mutating func run(_ body: () throws -> Void) rethrows {
        let start = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
        try body()
        wall = min(wall, Self.now(CLOCK_MONOTONIC) - start.0)
        cpu = min(cpu, Self.now(CLOCK_PROCESS_CPUTIME_ID) - start.1)
    }

    var description: String { "[\(wall),\(cpu)]" }

    private static func now(_ clock: Int32) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    }
}

func put(_ vault: Vault, _ numbers: Range<Int>) throws {
    let field = try FieldName("api-key")
    let plain = [PlainField(name: try FieldName("url"), value: "https://workspace.kumoai.example/api/v1/")]
    let items = try numbers.map {
        PutItem(
            profile: .default, name: try CredentialName("credential-\($0)"), platform: "kumo", plain: plain,
            secrets: [field])
    }
    let secrets = SecretSegments(
        bytes: SecretBytes(count: 64 * items.count) { memset($0.baseAddress!, 0x61, $0.count) },
        lengths: Array(repeating: 64, count: items.count))
    try vault.put(items, secrets: secrets, note: WriteNote(who: "bench", why: "add", when: Timestamp(seconds: 0)))
}

func run(_ count: Int) throws {
    var template = Array("/tmp/kist-bench.XXXXXX".utf8CString)
    let folder = String(cString: mkdtemp(&template))
    let path = "\(folder)/vault.kist"
    defer {
        for name in [path, path + ".audit"] { unlink(name) }
        rmdir(folder)
    }
    let passphrase = SecretBytes(copyingExposed: Array("bench".utf8))
    let challenge = SlotChallenge.make(cost: .floor)
    let vault = try Vault.create(
        in: try SQLiteStore.create(path), anchors: Forgetful(),
        slotKey: try KeyDerivation.derive(passphrase, for: challenge), now: Timestamp(seconds: 0)
    ).vault
    for start in stride(from: 0, to: count, by: 10_000) { try put(vault, start..<min(start + 10_000, count)) }

    var (unlock, list, reveals, audited, one, batch) = (Best(), Best(), Best(), Best(), Best(), Best())
    for _ in 0..<5 {
        vault.lock()
        var key: SlotKey? = try KeyDerivation.derive(passphrase, for: challenge)
        try unlock.run { try vault.unlock(with: key.take()!, now: Timestamp(seconds: 0)) }
    }
    for _ in 0..<5 {
        try list.run { guard try vault.list(nil).count == count else { fatalError("not all are listed") } }
    }
    let wants = try (0..<1_000).map { _ in
        Want(profile: .default, name: try CredentialName("credential-\(Int.random(in: 0..<count))"))
    }
    for _ in 0..<20 { try reveals.run { for want in wants { _ = try vault.reveal([want]) } } }
    let log = try vault.openAudit(
        in: SpoolFiles(vault: path), seen: Forgetful(), newCode: SecretBytes(count: 0) { _ in },
        now: Timestamp(seconds: 0))
    let who = AuditEntry.Who(client: "kist 0.1.0", pid: getpid(), user: getuid(), program: "/usr/local/bin/kist")
    for _ in 0..<20 {
        try audited.run {
            for want in wants {
                let revealed = try vault.reveal([want])
                let targets = revealed.items.map {
                    AuditEntry.Target(
                        profile: $0.overview.profile, name: $0.overview.name, revision: $0.overview.revision,
                        fields: $0.fields.map(\.name))
                }
                try log?.append(
                    AuditEntry(
                        verb: "reveal", purpose: "run", targets: targets, who: who, reason: "train.py",
                        when: Timestamp(seconds: 0)), .first)
            }
        }
    }
    log?.close()
    for round in 0..<20 { try one.run { try put(vault, round..<round + 1) } }
    for round in 1...3 { try batch.run { try put(vault, round * 1_000_000..<round * 1_000_000 + 10_000) } }
    print(
        #"{"credentials":\#(count),"unlock":\#(unlock),"list":\#(list),"reveal1000":\#(reveals),"audited1000":\#(audited),"put":\#(one),"#
            + #""batch10k":\#(batch),"lockedBytes":\#(LockedMemory.now.highWater)}"#)
}

let arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "rekey" {
    try RekeyBench.run(Int(arguments.dropFirst().first ?? "") ?? 1_000, in: arguments.count > 2 ? arguments[2] : "/tmp")
} else if arguments.first == "masking" {
    MaskingBench.run(Int(arguments.dropFirst().first ?? "") ?? 64)
} else {
    for count in arguments.compactMap({ Int($0) }) { try run(count) }
}
