internal import KistCrypto
package import KistModel
internal import SecretMemory

/// The audit log of an unlocked vault: entries sealed, numbered and chained, each under a key that is gone afterwards.
///
/// Confined to one thread. `Audit.md` says what it writes, to the byte, and what can be proved from it.
package final class AuditLog {
    /// How much an entry matters.
    package enum Demand: Sendable {
        /// It stands in the log before this returns, or the caller must not go on.
        case first
        /// The same, and it survives a power cut.
        case durable
        /// What it tells of happens in any case; when it cannot be written, the next entry says so.
        case ifPossible
    }

    /// Sizes in bytes. Tests have smaller ones.
    package struct Limits: Sendable {
        /// A segment that would grow beyond this is followed by a new one.
        package var segment = 16 << 20
        /// Older segments that are kept.
        package var kept = 7
        /// Room that is taken from the disk at a time.
        package var reserve = 256 << 10
        /// Of it, what only entries have that nothing waits for: locking and removing go on when the disk is full.
        package var last = 16 << 10

        package init() {}
    }

    let store: any AuditStore
    let seen: any AnchorStore
    let limits: Limits
    let vaultID: [UInt8]
    /// The vault's key for its log.
    var audit: SecretBytes
    /// The recovery code's public key, for lines that begin without the code.
    var recipient: [UInt8]?

    var segment: AuditSegment
    /// Under the vault's key it stands in the segment's head.
    var segmentKey: SecretBytes
    var sealKey: SecretBytes
    /// Of the next entry.
    var chain: SecretBytes
    /// Of the next entry.
    package internal(set) var sequence: UInt64
    /// Of the last entry.
    var tag: [UInt8]
    /// The end of the active segment.
    var offset: Int
    /// Where the next state goes.
    var statePlace = 0
    /// Room behind the end that nobody else can take.
    var reserved = 0
    /// Entries since the last `sync`, so at most what a power cut takes.
    package internal(set) var isDirty = false
    /// Entries that could not be written since the last one that could.
    package private(set) var missed: UInt32 = 0
    /// The last time the state outside was written, as a sequence number.
    var seenSequence: UInt64 = 0
    var uses: LastUses?
    /// The entry that is written; its memory serves for the next one too.
    private var frame: [UInt8] = []

    init(
        store: any AuditStore, seen: any AnchorStore, limits: Limits, vaultID: [UInt8], audit: consuming SecretBytes,
        recipient: [UInt8]?, begun: BegunSegment
    ) {
        self.store = store
        self.seen = seen
        self.limits = limits
        self.vaultID = vaultID
        self.audit = audit
        self.recipient = recipient
        segment = begun.segment
        sequence = begun.sequence
        tag = begun.tag
        offset = begun.offset
        statePlace = begun.statePlace
        sealKey = AuditKeys.seal(begun.key)
        segmentKey = begun.key.copy()
        chain = begun.chain.copy()
    }

    /// Writes an entry down. Its sequence number is given here.
    ///
    /// - Throws: when it could not be written and `demand` says that it must.
    package func append(_ entry: consuming AuditEntry, _ demand: Demand) throws(AuditStoreError) {
        do {
            if entry.isOne {
                try write(entry, isLast: demand == .ifPossible)
            } else {
                for part in entry.split() { try write(part, isLast: demand == .ifPossible) }
            }
            if demand == .durable { try sync() }
        } catch {
            guard demand == .ifPossible else { throw error }
            miss(1)
        }
    }

    /// Takes over what could not be written; the next entry says so.
    package func miss(_ count: UInt32) {
        let (sum, isTooMuch) = missed.addingReportingOverflow(count)
        missed = isTooMuch ? .max : sum
    }

    /// Makes what was written durable, then the state of the chain: a state never leads.
    package func sync() throws(AuditStoreError) {
        guard isDirty else { return }
        try store.sync()
        try writeState()
        isDirty = false
        // A file of its own, so not every time; the state in the segment is enough for most of what can happen.
        if sequence - seenSequence >= 4_096 { remember() }
    }

    /// Makes everything durable and lets go of the files.
    package func close() {
        try? sync()
        remember()
        store.close()
    }

    /// Whether the file is still the one that was written to, with what was written. Otherwise the log begins anew and
    /// says so.
    package func check(now: Timestamp) throws(AuditStoreError) {
        guard !store.isIntact(size: offset) else { return }
        try breakLine("changed", now: now)
    }

    private func write(_ entry: consuming AuditEntry, isLast: Bool) throws(AuditStoreError) {
        entry.sequence = sequence
        entry.missed = missed
        encode(entry)
        if offset + frame.count > limits.segment, offset > AuditSegment.start {
            do {
                try rotate()
                encode(entry)
            } catch {
                // Locking and removing go on; the segment grows a little instead.
                guard isLast else { throw error }
            }
        }
        let count = frame.count
        try makeRoom(count, isLast: isLast)
        try store.append(frame)
        offset += count
        reserved = max(0, reserved - count)
        AuditKeys.advance(&chain)
        tag.withUnsafeMutableBytes { $0.copyBytes(from: frame.suffix(AuditFrame.tagCount)) }
        sequence += 1
        missed = 0
        isDirty = true
        if uses != nil, entry.isUse { uses?.note(entry) }
    }

    private func encode(_ entry: borrowing AuditEntry) {
        AuditFrame.encode(entry, previous: tag, segment: segment.id, seal: sealKey, chain: chain, into: &frame)
    }

    /// Takes room from the disk ahead of need.
    private func makeRoom(_ count: Int, isLast: Bool) throws(AuditStoreError) {
        guard reserved < count + limits.last else { return }
        for wanted in [count + limits.last + limits.reserve, count + limits.last] {
            do {
                try store.reserve(wanted)
                reserved = wanted
                return
            } catch {
                // What an earlier run has taken may still be there: the last ones find out by writing.
                if wanted == count + limits.last, !isLast { throw error }
            }
        }
    }

    func writeState() throws(AuditStoreError) {
        let state = AuditState.encode(sequence: sequence, offset: offset, chain: chain, tag: tag, segmentKey)
        try store.overwrite(nil, at: AuditState.places[statePlace], with: state)
        statePlace = 1 - statePlace
    }

    /// Outside the log: what was there at least. A failure is not one of the log.
    func remember() {
        guard !isDirty, sequence != seenSequence else { return }
        do {
            try seen.save(AuditSeen(next: sequence, tag: tag).encode(vaultID: vaultID, audit))
            seenSequence = sequence
        } catch {}
    }
}

/// A segment that is in place, and where to go on in it.
final class BegunSegment {
    let segment: AuditSegment
    let key: SecretBytes
    let chain: SecretBytes
    let sequence: UInt64
    let tag: [UInt8]
    let offset: Int
    let statePlace: Int

    init(
        segment: AuditSegment, key: consuming SecretBytes, chain: consuming SecretBytes, sequence: UInt64, tag: [UInt8],
        offset: Int, statePlace: Int
    ) {
        self.segment = segment
        self.key = key
        self.chain = chain
        self.sequence = sequence
        self.tag = tag
        self.offset = offset
        self.statePlace = statePlace
    }
}
