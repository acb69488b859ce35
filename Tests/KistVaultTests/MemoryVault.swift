import KistCrypto
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory
import Testing

/// A vault over a store in memory, whose bytes a test may bend.
final class MemoryVault {
    let store = MemoryStore()
    let anchors = MemoryAnchors()
    let challenge = SlotChallenge.make(cost: .floor)
    let kek: SecretBytes
    var vault: Vault

    init() throws {
        kek = SecretBytes.makeRandom(count: 32)
        vault = try Vault.create(
            in: store, anchors: anchors, slotKey: SlotKey(challenge: challenge, key: kek.copy()), now: TestVault.now
        ).vault
    }

    /// Opens what is in the store, as a new process would; locked.
    func reopen() throws {
        vault = try Vault.open(store, anchors: anchors)
    }

    @discardableResult
    func unlock(accepting: Acceptance = []) throws -> AnchorStatus {
        try vault.unlock(with: SlotKey(challenge: challenge, key: kek.copy()), accepting: accepting, now: TestVault.now)
    }

    /// What the store holds now.
    func snapshot() -> Snapshot { Snapshot(head: store.head, pages: store.pages, rows: store.rows) }

    func restore(_ snapshot: Snapshot) {
        store.head = snapshot.head
        store.pages = snapshot.pages
        store.rows = snapshot.rows
    }

    struct Snapshot {
        var head: StoredHead?
        var pages: [UInt32: [UInt8]]
        var rows: [RecordPlace: (overview: [UInt8], secret: [UInt8])]
    }
}

/// Everything that a vault answers, for a comparison with the truth.
struct Answers: Equatable {
    var overviews: [Overview]
    var secrets: [String: [String]]
    var histories: [String: [RevisionNote]]

    init(_ vault: Vault) throws {
        overviews = try vault.list(nil)
        secrets = [:]
        histories = [:]
        for overview in overviews {
            let name = overview.name.description
            secrets[name] = try vault.secrets(name, profile: overview.profile.description)
            histories[name] = try vault.history(overview.profile, overview.name)
        }
    }
}
