internal import KistCrypto
package import KistModel
internal import SecretMemory

/// The ways into the vault. Each change is one transaction and asks for a key of a slot that is there: that the vault is
/// open is not enough to put another way into it.
extension Vault {
    /// The slots in their order, as they stand in the clear.
    package var publicSlots: [SlotFacts] { header.slots.map { SlotFacts($0) } }

    /// The slots in their order.
    package func slots() throws(VaultError) -> [SlotFacts] {
        let (keys, _) = try opened()
        var facts: [SlotFacts] = []
        for slot in header.slots { facts.append(try SlotFacts(slot, keys)) }
        return facts
    }

    /// Whether a recovery code has opened the vault and was not renewed since.
    package var needsNewRecovery: Bool {
        guard let slots = try? slots() else { return false }
        return slots.contains { $0.sealed?.isUsed == true || $0.sort == .recovery && $0.id == openedBy }
    }

    /// The slot that a key opens.
    ///
    /// - Throws: `.wrongKey` when it opens none of them, or one around another root.
    package func slot(provedBy proof: borrowing Opener) throws(VaultError) -> SlotFacts {
        let (keys, _) = try opened()
        return try SlotFacts(try prove(proof, keys), keys)
    }

    /// - Throws: `.wrongKey`, `.tooLarge`, `.untested`, `.invalid`, and what the store throws; nothing is changed then.
    package func addSlot(
        _ material: consuming SlotMaterial, label: String, proof: borrowing Opener, now: Timestamp
    ) throws(VaultError) -> SlotFacts {
        let (keys, contents) = try opened()
        let prover = try prove(proof, keys)
        try check(label)
        let made = try make(material, nil, label, keys, now)
        var header = header
        try header.note(prover.id, keys) { $0.tested = now }
        guard header.slots.count < Slot.most else { throw .tooLarge("a vault has at most 32 slots") }
        if made.challenge != nil, challenges.count >= Slot.mostPassphrases {
            throw .tooLarge("a vault has at most 4 passphrases")
        }
        header.slots.append(made)
        return try commit(header, made, keys, contents)
    }

    /// Another label, another key of the same kind, or both, in the same slot.
    ///
    /// - Parameters:
    ///   - label: `nil` keeps the one it has.
    ///   - material: `nil` keeps the key. That of a passphrase carries this slot's id.
    /// - Throws: `.noSlot`, and as `addSlot`.
    package func changeSlot(
        _ id: [UInt8], label: String?, _ material: consuming SlotMaterial?, proof: borrowing Opener, now: Timestamp
    ) throws(VaultError) -> SlotFacts {
        let (keys, contents) = try opened()
        let prover = try prove(proof, keys)
        guard let place = header.slots.firstIndex(where: { $0.id == id }) else { throw .noSlot }
        if let label { try check(label) }
        var header = header
        try header.note(prover.id, keys) { $0.tested = now }
        let old = try header.slots[place].openInfo(keys)
        guard let material else {
            try header.note(id, keys) { $0.label = label ?? $0.label }
            return try commit(header, header.slots[place], keys, contents)
        }
        guard material.sort == header.slots[place].kind.sort else { throw .invalid("a slot keeps its kind") }
        let made = try make(material, id, label ?? old.label, keys, now)
        header.slots[place] = made
        let created = old.created
        try header.note(id, keys) { $0.created = created }
        let changed = try commit(header, header.slots[place], keys, contents, endsSlot: true)
        if openedBy == id { openedBy = nil }
        return changed
    }

    /// - Throws: `.noSlot`, `.lastSlot`, `.untested`, and as `addSlot`.
    package func removeSlot(_ id: [UInt8], proof: borrowing Opener, now: Timestamp) throws(VaultError) {
        let (keys, contents) = try opened()
        let prover = try prove(proof, keys)
        guard let gone = header.slots.first(where: { $0.id == id }) else { throw .noSlot }
        var header = header
        try header.note(prover.id, keys) { $0.tested = now }
        header.slots.removeAll { $0.id == id }
        // The keyring goes with the desktop's password and its own file: nobody's only way in.
        guard header.slots.contains(where: { $0.kind.sort != .keyring }) else { throw .lastSlot }
        if gone.kind.sort == .recovery, header.slots.contains(where: { $0.challenge?.needsFactor == true }),
            try !header.hasTestedRecovery(keys)
        {
            throw .untested
        }
        try commit(header, keys, contents, endsSlot: true)
    }

    /// Proves a key and notes when.
    ///
    /// - Parameter id: the slot that must open; `nil` for any.
    /// - Throws: `.noSlot`, `.wrongKey`, and what the store throws.
    package func testSlot(
        _ id: [UInt8]?, _ opener: borrowing Opener, now: Timestamp
    ) throws(VaultError) -> SlotFacts {
        let (keys, contents) = try opened()
        if let id, !header.slots.contains(where: { $0.id == id }) { throw .noSlot }
        let proved = try prove(opener, keys)
        if let id, id != proved.id { throw .wrongKey }
        var header = header
        try header.note(proved.id, keys) { $0.tested = now }
        try commit(header, keys, contents)
        guard let slot = header.slots.first(where: { $0.id == proved.id }) else { throw .noSlot }
        return try SlotFacts(slot, keys)
    }

    /// A recovery code was typed to open the vault: it is due for renewal, whoever else opens it until then. A vault that
    /// cannot be written just now is open all the same.
    func noteUse(of id: [UInt8], now: Timestamp) throws(VaultError) {
        let (keys, contents) = try opened()
        var header = header
        try header.note(id, keys) {
            $0.isUsed = true
            $0.tested = now
        }
        do { try commit(header, keys, contents) } catch {
            guard isUnlocked else { throw error }
        }
    }
}

extension Vault {
    func prove(_ proof: borrowing Opener, _ keys: Keys) throws(VaultError) -> Slot {
        let opened = try header.slot(openedBy: proof)
        guard opened.isAround(keys.root) else { throw .wrongKey }
        return opened.slot
    }

    private func check(_ label: String) throws(VaultError) {
        guard label.utf8.count <= SlotInfo.longestLabel,
            label.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw .invalid("a label has at most 64 bytes and no control characters") }
    }

    /// - Parameter id: of the slot that gets it; `nil` for a new one.
    private func make(
        _ material: consuming SlotMaterial, _ id: [UInt8]?, _ label: String, _ keys: Keys, _ now: Timestamp
    ) throws(VaultError) -> Slot {
        try material.check()
        switch consume material {
        case .passphrase(let key):
            let challenge = key.challenge
            guard header.slots.contains(where: { $0.id == challenge.slot }) == (id != nil),
                challenge.slot == id ?? challenge.slot
            else { throw .invalid("a passphrase for another slot") }
            if challenge.needsFactor, try !header.hasTestedRecovery(keys) { throw .untested }
            return .wrapping(keys, key.key, challenge: challenge, label: label, now: now)
        case .stored(let stored):
            return .storing(keys, stored.key, stored.sort, id: id, label: label, now: now)
        case .recovery(let code): return .recovering(keys, code, id: id, label: label, now: now)
        case .recipient(let recipient):
            do {
                return try .sealing(keys, for: recipient.publicKey, id: id, label: label, now: now)
            } catch { throw .invalid("this is not a recipient") }
        }
    }

    private func commit(
        _ header: Header, _ slot: Slot, _ keys: Keys, _ contents: Contents, endsSlot: Bool = false
    ) throws(VaultError) -> SlotFacts {
        let facts = try SlotFacts(slot, keys)
        try commit(header, keys, contents, endsSlot: endsSlot)
        return facts
    }

    private func commit(
        _ header: Header, _ keys: Keys, _ contents: Contents, endsSlot: Bool = false
    ) throws(VaultError) {
        var write = Write(self, keys, contents, making: 0)
        write.header = header
        write.endsSlot = endsSlot
        _ = try commit(write)
    }
}

extension Header {
    /// Changes what is sealed in a slot.
    fileprivate mutating func note(
        _ id: [UInt8], _ keys: Keys, _ change: (inout SlotInfo) -> Void
    ) throws(VaultError) {
        guard let place = slots.firstIndex(where: { $0.id == id }) else { throw .noSlot }
        var info = try slots[place].openInfo(keys)
        change(&info)
        slots[place].info = info.seal(keys, slot: id)
    }

    fileprivate func hasTestedRecovery(_ keys: Keys) throws(VaultError) -> Bool {
        for slot in slots where slot.kind.sort == .recovery {
            if try slot.openInfo(keys).tested.seconds > 0 { return true }
        }
        return false
    }
}
