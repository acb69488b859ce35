import Glibc
import KistCrypto
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory

/// Remembers anchors in memory.
final class Anchors: AnchorStore {
    var bytes: [UInt8]?
    func load() throws(AnchorStoreError) -> [UInt8]? { bytes }
    func save(_ anchor: [UInt8]) throws(AnchorStoreError) { bytes = anchor }
}

/// The key of the one passphrase slot: everything here starts after its derivation.
struct Door {
    let challenge: SlotChallenge
    let kek: [UInt8]

    static func make() -> Door { Door(challenge: .make(cost: .floor), kek: RandomBytes.make(32)) }

    func key() -> SlotKey { SlotKey(challenge: challenge, key: SecretBytes(copyingExposed: kek)) }
}

/// A vault over any store that can be locked and opened again without a derivation.
final class Subject<Store: RecordStore> {
    let store: Store
    let anchors = Anchors()
    let door: Door
    var vault: Vault

    static var now: Timestamp { Timestamp(seconds: 1_790_000_000) }

    init(_ store: Store, door: Door = .make()) throws {
        self.store = store
        self.door = door
        vault = try Vault.create(in: store, anchors: anchors, slotKey: door.key(), now: Self.now).vault
    }

    func reopen(accepting: Acceptance = []) throws {
        vault = try Vault.open(store, anchors: anchors)
        try vault.unlock(with: door.key(), accepting: accepting, now: Self.now)
    }
}

extension Subject where Store == MemoryStore {
    struct Snapshot {
        var head: StoredHead?
        var pages: [UInt32: [UInt8]]
        var rows: [RecordPlace: (overview: [UInt8], secret: [UInt8])]
    }

    func snapshot() -> Snapshot { Snapshot(head: store.head, pages: store.pages, rows: store.rows) }

    func restore(_ snapshot: Snapshot) {
        store.head = snapshot.head
        store.pages = snapshot.pages
        store.rows = snapshot.rows
    }
}

extension Vault {
    @discardableResult
    func put(_ name: String, _ value: String, profile: String = "default", ifRevision: UInt64? = nil) throws -> UInt64 {
        let item = PutItem(
            profile: try ProfileName(profile), name: try CredentialName(name), platform: "fields",
            secrets: [try FieldName("key")], ifRevision: ifRevision)
        return try put([item], secrets: SecretSegments(SecretBytes(copyingExposed: Array(value.utf8))), note: .campaign)
    }

    func value(_ name: String, profile: String = "default") throws -> String {
        let revealed = try reveal([Want(profile: try ProfileName(profile), name: try CredentialName(name))])
        return revealed.segments.withSegment(0) { String(decoding: $0, as: UTF8.self) }
    }
}

extension WriteNote {
    static var campaign: WriteNote { WriteNote(who: "campaign", why: "try", when: Timestamp(seconds: 1_790_000_000)) }
}

/// Everything that a vault answers, for a comparison with the truth.
struct Answers: Equatable {
    var overviews: [Overview]
    var secrets: [String: String]
    var histories: [String: [RevisionNote]]

    init(_ vault: Vault) throws {
        overviews = try vault.list(nil)
        secrets = [:]
        histories = [:]
        for overview in overviews {
            let name = overview.profile.description + "/" + overview.name.description
            secrets[name] = try vault.value(overview.name.description, profile: overview.profile.description)
            histories[name] = try vault.history(overview.profile, overview.name)
        }
    }
}
