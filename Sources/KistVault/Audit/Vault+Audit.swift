extension Vault {
    /// The public key to which lines of the log are sealed that begin without the recovery code: the newest one's.
    func auditRecipient(_ keys: Keys) -> [UInt8]? {
        for slot in header.slots.reversed() where slot.kind.sort == .recovery {
            do { return try SlotInfo.open(slot.info, slot.kind, keys, slot: slot.id).recipient } catch { continue }
        }
        return nil
    }
}
