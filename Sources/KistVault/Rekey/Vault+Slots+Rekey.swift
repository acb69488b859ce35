internal import KistCrypto
package import KistModel
package import SecretMemory

extension Vault {
    /// Begins to replace the root. The passphrase that proves it gets a slot with another salt; recovery codes and
    /// recipients get theirs anew from what is sealed in their slots; a stored key stays when it is given. Every other way
    /// in ends here.
    ///
    /// - Parameters:
    ///   - key: of the same passphrase, for a challenge of its own.
    ///   - stored: stored keys of 32 bytes.
    ///   - check: a look at every row of this vault that has been begun, or is done; `nil` makes one.
    ///   - log: the audit log, whose keys go along.
    /// - Throws: `.wrongKey`, `.invalid`, and what the store throws; nothing is changed then.
    package func changeRoot(
        _ key: consuming SlotKey, stored: borrowing SecretSegments, proof: borrowing Opener,
        checked check: Verification? = nil, log: AuditLog? = nil, now: Timestamp
    ) throws(VaultError) {
        let (old, _) = try opened()
        let proved = try prove(proof, old)
        guard proved.challenge?.needsFactor == key.challenge.needsFactor else {
            throw .invalid("a change of the root is proved by a passphrase")
        }
        let kept = try header.slots(openedBy: stored)
        let challenge = key.challenge
        let kek = key.key.copy()
        try changeRoot(check, log) { (keys) throws(VaultError) in
            var slots: [Slot] = []
            for slot in header.slots {
                let label = try slot.openInfo(old).label
                if slot.id == proved.id {
                    slots.append(.wrapping(keys, kek, challenge: challenge, label: label, now: now))
                } else if let segment = kept[slot.id] {
                    let key = stored.segment(segment)
                    slots.append(.storing(keys, key, slot.kind.sort, id: slot.id, label: label, now: now))
                } else {
                    do { if let renewed = try slot.renewed(from: old, for: keys) { slots.append(renewed) } } catch {
                        throw .damaged("what is sealed in a slot does not open")
                    }
                }
            }
            return slots
        }
        if openedBy == proved.id { openedBy = challenge.slot }
    }
}

extension Header {
    /// Which segment opens which slot.
    fileprivate func slots(openedBy stored: borrowing SecretSegments) throws(VaultError) -> [[UInt8]: Int] {
        var found: [[UInt8]: Int] = [:]
        for segment in 0..<stored.count {
            let key = stored.segment(segment)
            found[try slot(openedBy: try .stored(bytes: key)).slot.id] = segment
        }
        return found
    }
}
