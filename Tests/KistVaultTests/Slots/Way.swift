import KistCrypto
import KistModel
import KistVault
import SecretMemory
import Testing

/// One way into a vault, as somebody holds it: what makes its slot and what opens it, as often as a test likes.
final class Way {
    let sort: SlotSort
    private let bytes: [UInt8]
    private let challenge: SlotChallenge
    /// The id of its slot, once it has one.
    var id: [UInt8]?
    /// Vaults that the identity trusts.
    var trusted: [VaultKey] = []

    init(_ sort: SlotSort, needsFactor: Bool = false) {
        self.sort = sort
        bytes = SecretBytes.makeRandom(count: 32).withBytes { Array($0) }
        challenge = .make(cost: .floor, needsFactor: needsFactor)
    }

    private var secret: SecretBytes { SecretBytes(copyingExposed: bytes) }
    private var code: SecretBytes { SecretBytes(copyingExposed: Array(bytes.prefix(RecoveryCode.byteCount))) }

    func material() -> SlotMaterial {
        switch sort {
        // The key itself stands for a derivation, which would cost a test its time.
        case .passphrase: .passphrase(SlotKey(challenge: challenge, key: secret))
        case .keyring, .keyFile, .credential: .stored(KeptKey(sort, secret))
        case .recovery: .recovery(code)
        case .recipient: .recipient(Identity(seed: secret).recipient)
        }
    }

    func opener() throws -> Opener {
        switch sort {
        case .passphrase: .passphrase(SlotKey(challenge: challenge, key: secret))
        case .keyring, .keyFile, .credential: try .stored(bytes: secret)
        case .recovery: try .recovery(text: RecoveryCode.encode(code))
        case .recipient: .identity(IdentityFile(identity: Identity(seed: secret), trusted: trusted))
        }
    }

    @discardableResult
    func add(to vault: Vault, label: String = "", proof: Way) throws -> SlotFacts {
        let added = try vault.addSlot(
            material(), label: label, proof: try proof.opener(), now: TestVault.now)
        return note(added)
    }

    /// Puts `other`'s key into this one's slot.
    func change(in vault: Vault, label: String? = nil, to other: Way?, proof: Way) throws -> SlotFacts {
        let id = try #require(id)
        guard let other else {
            return try vault.changeSlot(id, label: label, nil, proof: try proof.opener(), now: TestVault.now)
        }
        let changed = try vault.changeSlot(
            id, label: label, other.material(), proof: try proof.opener(), now: TestVault.now)
        return other.note(changed)
    }

    func remove(from vault: Vault, proof: Way) throws {
        try vault.removeSlot(try #require(id), proof: try proof.opener(), now: TestVault.now)
    }

    private func note(_ facts: SlotFacts) -> SlotFacts {
        id = facts.id
        return facts
    }
}

/// A vault in memory with ways into it; the first is its passphrase.
final class SlotVault {
    let memory: MemoryVault
    let base = Way(.passphrase)
    var vault: Vault { memory.vault }

    init() throws {
        memory = try MemoryVault()
        let first = Opener.passphrase(SlotKey(challenge: memory.challenge, key: memory.kek.copy()))
        base.id = try memory.vault.addSlot(base.material(), label: "base", proof: first, now: TestVault.now).id
        // Those of its making, so that a test has only its own.
        for slot in memory.vault.publicSlots where slot.id != base.id {
            try memory.vault.removeSlot(slot.id, proof: try base.opener(), now: TestVault.now)
        }
        try memory.vault.put("kumo")
    }

    /// Opens what is in the store, as a new process would.
    func reopen(with way: Way, expecting: String? = nil, accepting: Acceptance = []) throws {
        try memory.reopen()
        try memory.vault.unlock(
            with: try way.opener(), expecting: expecting, accepting: accepting, now: TestVault.now)
    }

    var sorts: [SlotSort] { vault.publicSlots.map(\.sort) }
}
