package import KistCrypto
package import KistModel

/// What can be said of one way into the vault.
package struct SlotFacts: Equatable, Sendable {
    /// 8 bytes.
    package let id: [UInt8]
    package let sort: SlotSort
    /// Of a passphrase.
    package var cost: Argon2Cost?
    package var needsFactor = false
    /// `nil` while the vault is locked.
    package var sealed: Sealed?

    /// What only the open vault tells.
    package struct Sealed: Equatable, Sendable {
        package let created: Timestamp
        /// When its key was last proved; `nil` for never.
        package let tested: Timestamp?
        /// A recovery code that has opened the vault.
        package let isUsed: Bool
        package let label: String
        /// The public key of a recipient.
        package let recipient: Recipient?
    }
}

extension SlotFacts {
    init(_ slot: Slot) {
        id = slot.id
        sort = slot.kind.sort
        if case .passphrase(let cost, _, let needsFactor) = slot.kind {
            self.cost = cost
            self.needsFactor = needsFactor
        }
    }

    init(_ slot: Slot, _ keys: Keys) throws(VaultError) {
        self.init(slot)
        let info = try slot.openInfo(keys)
        sealed = Sealed(
            created: info.created, tested: info.tested.seconds == 0 ? nil : info.tested, isUsed: info.isUsed,
            label: info.label,
            recipient: sort == .recipient ? info.recipient.flatMap { Recipient(publicKey: $0) } : nil)
    }
}

extension Slot {
    func openInfo(_ keys: Keys) throws(VaultError) -> SlotInfo {
        do { return try SlotInfo.open(info, kind, keys, slot: id) } catch {
            throw .damaged("what is sealed in a slot does not open")
        }
    }
}
