import KistCrypto
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory

/// A vault in memory that can be backed up, and what a backup of it becomes.
final class BackupBench {
    let store = MemoryStore()
    let watched: WatchedStore
    let anchors = MemoryAnchors()
    let challenge = SlotChallenge.make(cost: .floor)
    let kek: SecretBytes
    let recoveryCode: SecretBytes
    var vault: Vault

    init() throws {
        watched = WatchedStore(store)
        kek = SecretBytes.makeRandom(count: 32)
        let created = try Vault.create(
            in: watched, anchors: anchors, slotKey: SlotKey(challenge: challenge, key: kek.copy()), now: TestVault.now)
        vault = created.vault
        recoveryCode = created.takeRecoveryCode()
    }

    var slotKey: SlotKey { SlotKey(challenge: challenge, key: kek.copy()) }

    /// Three credentials, one with a history and one with a long value, one removed, an empty profile.
    func fill() throws {
        try vault.put("kumo", [("api-key", "one")])
        try vault.put("kumo", [("api-key", "two")], note: "second")
        try vault.put("snow", [("password", "s3cret"), ("token", "t")], profile: "prod", plain: [("account", "ab12")])
        try vault.put("long", [("blob", String(repeating: "x", count: 150_000))])
        try vault.put("gone")
        try vault.remove(.default, try name("gone"))
        try vault.createProfile(
            try ProfileName("empty"), note: WriteNote(who: "test", why: "", when: TestVault.now))
    }

    /// The whole backup.
    ///
    /// - Parameter between: runs before each piece but the first.
    func backup(_ between: () throws -> Void = {}) throws -> [UInt8] {
        let source = try vault.backup(now: TestVault.now)
        var bytes: [UInt8] = []
        while let piece = try source.next() {
            bytes += piece
            try between()
        }
        return bytes
    }

    /// Reads a backup as the agent does, in pieces.
    ///
    /// - Parameter target: `nil` only checks.
    @discardableResult
    func take(
        _ backup: [UInt8], into target: MemoryStore? = nil, piece: Int = 50_000
    ) throws -> (facts: BackupFacts, anchor: [UInt8]?) {
        let first = backup.prefix(BackupIntake.firstCount)
        let intake = try first.withUnsafeBytes { bytes in
            try Result { () throws(VaultError) in try BackupIntake(bytes) }.get()
        }
        try intake.unlock(with: .passphrase(slotKey))
        try intake.begin(into: target)
        var rest = backup.dropFirst(first.count)
        while !rest.isEmpty {
            try rest.prefix(piece).withUnsafeBytes { bytes in
                try Result { () throws(VaultError) in try intake.feed(bytes) }.get()
            }
            rest = rest.dropFirst(piece)
        }
        let done = try intake.finish()
        // Row by row, as between the requests of others.
        while try done.built?.advance(isEnough: { true }) == true {}
        return (done.facts, try done.built?.finish())
    }

    /// What a store holds, opened with the passphrase's key.
    func answers(_ store: MemoryStore, anchors: MemoryAnchors = MemoryAnchors()) throws -> Answers {
        let vault = try Vault.open(store, anchors: anchors)
        try vault.unlock(with: slotKey, now: TestVault.now)
        return try Answers(vault)
    }
}
