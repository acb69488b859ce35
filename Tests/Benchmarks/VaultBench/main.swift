import Glibc
import KistCrypto
import KistModel
import KistStore
import KistVault
import SecretMemory
import StoreSQLite

/// Times the vault inside one process, without socket or program start: `vault-bench [credentials…]`.
///
/// Fixture: each credential has one plain field of 40 bytes and one secret of 64, one revision. One line of JSON per size,
/// microseconds. `unlock` is without Argon2id; `batch10k` writes 10,000 more credentials in one transaction.
final class Forgetful: AnchorStore {
    func load() throws(AnchorStoreError) -> [UInt8]? { nil }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) {}
}

func microseconds(_ body: () throws -> Void) rethrows -> Int {
    let clock = ContinuousClock()
    let time = try clock.measure(body).components
    return Int(time.seconds) * 1_000_000 + Int(time.attoseconds / 1_000_000_000_000)
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
        unlink(path)
        rmdir(folder)
    }
    let passphrase = SecretBytes(copyingExposed: Array("bench".utf8))
    let challenge = SlotChallenge.make(cost: .floor)
    let vault = try Vault.create(
        in: try SQLiteStore.create(path), anchors: Forgetful(),
        slotKey: try KeyDerivation.derive(passphrase, for: challenge), now: Timestamp(seconds: 0)
    ).vault
    for start in stride(from: 0, to: count, by: 10_000) { try put(vault, start..<min(start + 10_000, count)) }

    var unlocks: [Int] = []
    for _ in 0..<5 {
        vault.lock()
        let key = try KeyDerivation.derive(passphrase, for: challenge)
        var holder: SlotKey? = consume key
        unlocks.append(try microseconds { try vault.unlock(with: holder.take()!, now: Timestamp(seconds: 0)) })
    }
    let lists = try (0..<3).map { _ in try microseconds { guard try vault.list(nil).count == count else { fatalError("not all are listed") } } }
    let names = try (0..<count).shuffled().prefix(1_000).map {
        Want(profile: .default, name: try CredentialName("credential-\($0)"))
    }
    for want in names { _ = try vault.reveal([want]) }
    let reveal = try microseconds { for _ in 0..<10 { for want in names { _ = try vault.reveal([want]) } } }
    let one = try (0..<20).map { round in try microseconds { try put(vault, round..<round + 1) } }
    let batch = try microseconds { try put(vault, 1_000_000..<1_010_000) }
    print(
        #"{"credentials":\#(count),"unlock":\#(unlocks.sorted()[2]),"list":\#(lists.sorted()[1]),"#
            + #""reveal":\#(Double(reveal) / Double(names.count * 10)),"put":\#(one.sorted()[10]),"batch10k":\#(batch),"#
            + #""lockedBytes":\#(LockedMemory.now.highWater)}"#)
}

for count in CommandLine.arguments.dropFirst().compactMap({ Int($0) }) { try run(count) }
