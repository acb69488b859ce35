internal import KistCrypto
package import KistModel
package import SecretMemory

extension Vault {
    /// Opens the audit log of this unlocked vault, or begins one.
    ///
    /// A log that is missing, damaged, cut or not this vault's is kept as it is and followed by one that says so: the
    /// vault's secrets do not depend on it.
    ///
    /// - Parameters:
    ///   - seen: what this machine saw last of it, outside the log.
    ///   - isSeenKept: whether `seen` lasts; without it nobody wonders that nothing was seen.
    ///   - code: the recovery code as shown when the vault was just made, else empty.
    /// - Throws: `.locked` in the form of `VaultError`; `AuditStoreError` when nothing can be written.
    package func openAudit(
        in store: any AuditStore, seen: any AnchorStore, isSeenKept: Bool = true,
        limits: AuditLog.Limits = AuditLog.Limits(), newCode code: borrowing SecretBytes, now: Timestamp
    ) throws(AuditStoreError) -> AuditLog? {
        guard let keys else { return nil }
        let code = RecoveryCode.decode(code) ?? SecretBytes(count: 0) { _ in }
        return try AuditLog.open(
            store, seen: seen, isSeenKept: isSeenKept, limits: limits, vaultID: keys.vaultID, audit: keys.audit,
            former: keys.former?.audit ?? SecretBytes(count: 0) { _ in }, recipient: auditRecipient(keys),
            newCode: code, now: now)
    }

    /// Whether a log was opened with the keys of this vault.
    package func owns(_ log: AuditLog) -> Bool {
        guard let keys else { return false }
        return keys.vaultID == log.vaultID && keys.audit == log.audit
    }

    /// Whether a text can be a recovery code at all.
    package static func isRecoveryCode(_ text: borrowing SecretBytes) -> Bool { RecoveryCode.decode(text) != nil }
}

extension AuditLog {
    static func open(
        _ store: any AuditStore, seen: any AnchorStore, isSeenKept: Bool, limits: Limits, vaultID: [UInt8],
        audit: consuming SecretBytes, former: borrowing SecretBytes, recipient: [UInt8]?,
        newCode code: borrowing SecretBytes, now: Timestamp
    ) throws(AuditStoreError) -> AuditLog {
        let isNew = code.count > 0
        var reading = AuditSeen.read(seen, vaultID: vaultID, audit)
        let isRemembered = reading.isSeen
        if !isRemembered, former.count > 0 {
            // Killed between a change of the root and what it means for the log: it was seen under the root before.
            let before = AuditSeen.read(seen, vaultID: vaultID, former)
            if before.isSeen { reading = before }
        }
        var why: String?
        var next: UInt64 = 1
        if case .seen(let last) = reading { next = last.next }
        if isNew {
            // What another vault has left in this place is neither this one's past nor its fault.
            (why, next) = ("new", 1)
        } else {
            switch try resume(store, vaultID, audit, reading) {
            case .going(let begun, let wasTorn):
                let log = AuditLog(
                    store: store, seen: seen, limits: limits, vaultID: vaultID, audit: audit, recipient: recipient,
                    begun: begun)
                if wasTorn { try log.append(.about("torn", now: now), .durable) }
                // Its end may have been cut before what it says itself: that nobody can tell is said once.
                if isSeenKept, !reading.isSeen, begun.tag.contains(where: { $0 != 0 }) {
                    try log.append(.about("unseen", now: now), .durable)
                }
                if !isRemembered {
                    try store.sync()
                    log.remember()
                }
                return log
            case .absent:
                let isFirst = try store.older().isEmpty && reading == .never
                why = isFirst ? "new" : "missing"
            case .broken(let reason, let reached):
                why = reason
                next = max(next, reached)
            }
        }
        let retired: UInt64? = try store.size(of: nil) == nil ? nil : (try store.older().last ?? 0) + 1
        let line =
            isNew
            ? AuditLine.begin(at: next, code: code, vaultID: vaultID)
            : AuditLine.begin(at: next, recipient: recipient)
        let begun = try place(
            after: retired, isFirst: isNew, line: line.line, chain: line.key.copy(), first: next,
            previous: [UInt8](repeating: 0, count: AuditFrame.tagCount), vaultID: vaultID, audit, store, limits)
        let log = AuditLog(
            store: store, seen: seen, limits: limits, vaultID: vaultID, audit: audit, recipient: recipient, begun: begun
        )
        // Before the first entry: a log that has one was seen.
        log.remember()
        try log.append(.about(why ?? "new", now: now), .durable)
        log.remember()
        return log
    }

    private enum Resumed {
        case going(BegunSegment, wasTorn: Bool)
        case absent
        /// Why, and the least sequence number that is free.
        case broken(String, next: UInt64)
    }

    /// Looks at the active segment and goes to its end.
    private static func resume(
        _ store: any AuditStore, _ vaultID: [UInt8], _ audit: borrowing SecretBytes, _ reading: AuditSeen.Reading
    ) throws(AuditStoreError) -> Resumed {
        guard let size = try store.size(of: nil) else { return .absent }
        let start = try store.read(nil, at: 0, count: AuditSegment.start)
        guard let segment = try? AuditSegment(start) else { return .broken("damaged", next: 1) }
        guard segment.vaultID == vaultID else { return .broken("foreign", next: 1) }
        guard let unwrapped = segment.unwrap(start, audit) else {
            // Anybody can have written that number.
            return .broken("foreign", next: segment.first <= AuditSegment.lastUnproved ? segment.first : 1)
        }
        let place = unwrapped.place
        let key = unwrapped.key.copy()
        guard let state = AuditState.latest(in: start, key), state.offset <= size,
            state.sequence < AuditSegment.lastFirst
        else {
            return .broken("damaged", next: segment.first)
        }
        try dropOtherWraps(store, start, place, vaultID, audit)
        return try follow(store, segment, key, state, size, reading)
    }

    private static func follow(
        _ store: any AuditStore, _ segment: AuditSegment, _ key: consuming SecretBytes,
        _ state: AuditState.Opened, _ size: Int, _ reading: AuditSeen.Reading
    ) throws(AuditStoreError) -> Resumed {
        var (sequence, tag, offset) = (state.sequence, state.tag, state.offset)
        let place = 1 - state.place
        var chain = state.chain.copy()
        var reader = AuditReader(store, nil, from: offset, to: size)
        var wasTorn = false
        func contradicts() -> Bool {
            guard case .seen(let seen) = reading, seen.next == sequence else { return false }
            return seen.tag != tag
        }
        loop: while true {
            if contradicts() { return .broken("changed", next: sequence) }
            switch try reader.next() {
            case .entry(let frame):
                guard frame.sequence == sequence, frame.isGenuine(previous: tag, segment: segment.id, chain) else {
                    return .broken("changed", next: sequence)
                }
                (tag, offset) = (frame.tag, frame.end)
                AuditKeys.advance(&chain)
                sequence += 1
            case .end: break loop
            case .torn:
                wasTorn = true
                break loop
            case .malformed: return .broken("changed", next: sequence)
            }
        }
        if case .seen(let seen) = reading, seen.next > sequence { return .broken("cut", next: seen.next) }
        if wasTorn { try store.cut(to: offset) }
        return .going(
            BegunSegment(
                segment: segment, key: key, chain: chain, sequence: sequence, tag: tag, offset: offset,
                statePlace: place), wasTorn: wasTorn)
    }
}
