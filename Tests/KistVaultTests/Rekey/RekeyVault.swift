import Glibc
import KistCrypto
import KistModel
import KistStore
import KistTestKit
import SecretMemory
import Testing

@testable import KistVault

/// A vault in memory whose root is changed: with the key of its slot before and after.
final class RekeyVault {
    let store = MemoryStore()
    let anchors = MemoryAnchors()
    let old = SlotChallenge.make(cost: .floor)
    let new = SlotChallenge.make(cost: .floor)
    let oldKEK = SecretBytes.makeRandom(count: 32)
    let newKEK = SecretBytes.makeRandom(count: 32)
    var vault: Vault

    init(filled: Bool = true) throws {
        vault = try Vault.create(
            in: WatchedStore(store), anchors: anchors, slotKey: SlotKey(challenge: old, key: oldKEK.copy()),
            now: TestVault.now
        ).vault
        if filled { try fill() }
    }

    /// Sixteen credentials in two profiles, up to 13 revisions each, some of them long, and two markers.
    private func fill() throws {
        for number in 0..<16 {
            for round in 0...(number % 8 == 0 ? 12 : number % 3) {
                try vault.put(
                    "n\(number)",
                    [("api-key", "v\(number).\(round)"), ("more", String(repeating: "x", count: number * 20))],
                    profile: number % 4 == 0 ? "prod" : "default", note: "note \(number)")
            }
        }
        try vault.createProfile(try ProfileName("empty"), note: Self.note)
        try vault.createProfile(try ProfileName("void"), note: Self.note)
    }

    static let note = WriteNote(who: "test", why: "rekey", when: TestVault.now)

    func begin() throws {
        try vault.changeRoot { keys in [Slot.wrapping(keys, newKEK, challenge: new, now: TestVault.now)] }
    }

    /// What a kill leaves: the store, read by somebody new.
    func reopen() throws {
        vault = try Vault.open(WatchedStore(store), anchors: anchors)
    }

    @discardableResult
    func unlock(old isOld: Bool = false, accepting: Acceptance = []) throws -> AnchorStatus {
        try vault.unlock(
            with: SlotKey(challenge: isOld ? old : new, key: isOld ? oldKEK.copy() : newKEK.copy()),
            accepting: accepting, now: TestVault.now)
    }

    /// Goes on by commits of `rows` rows until the job is done or `commits` were made.
    func advance(rows: Int = 7, commits: Int = .max) throws {
        let start = store.commits
        while store.commits - start < commits, try vault.advanceRekey(most: rows, isEnough: { false }) {}
    }

    struct Snapshot {
        var head: StoredHead?
        var pages: [UInt32: [UInt8]]
        var rows: [RecordPlace: (overview: [UInt8], secret: [UInt8])]
    }

    func snapshot() -> Snapshot { Snapshot(head: store.head, pages: store.pages, rows: store.rows) }

    func restore(_ snapshot: Snapshot) {
        (store.head, store.pages, store.rows) = (snapshot.head, snapshot.pages, snapshot.rows)
    }

    static func find(_ bytes: [UInt8], in whole: [UInt8]) -> Bool {
        whole.withUnsafeBytes { whole in
            bytes.withUnsafeBytes { bytes in
                var start = 0
                while start + bytes.count <= whole.count,
                    let found = memchr(
                        whole.baseAddress! + start, Int32(bytes[0]), whole.count - start - bytes.count + 1)
                {
                    if memcmp(found, bytes.baseAddress!, bytes.count) == 0 { return true }
                    start = UnsafeRawPointer(found) - whole.baseAddress! + 1
                }
                return false
            }
        }
    }

    /// Whether these bytes stand anywhere in the store.
    func holds(_ bytes: [UInt8]) -> Bool {
        let all =
            [store.head?.header ?? [], store.head?.manifest ?? []] + store.pages.values
            + store.rows.values.flatMap { [$0.overview, $0.secret] }
        return all.contains { Self.find(bytes, in: $0) }
    }
}
