internal import KistCrypto
internal import KistModel
package import SecretMemory

/// What a look at the whole log found.
package struct AuditReport: Sendable {
    /// A place where the log is not what was written, or breaks off.
    package struct Fault: Hashable, Sendable {
        /// The first sequence number that it is about.
        package var sequence: UInt64
        package var what: String

        package init(sequence: UInt64, what: String) {
            self.sequence = sequence
            self.what = what
        }
    }

    package var segments = 0
    package var entries: UInt64 = 0
    /// Of the first entry that is kept; earlier ones have been dropped for age.
    package var first: UInt64 = 0
    package var last: UInt64 = 0
    /// Entries whose tags follow from the recovery code: nobody who learnt the vault's keys later can have written them.
    package var proved: UInt64 = 0
    package var faults: [Fault] = []
}

/// Goes through the whole log, some entries at a time, and compares everything that can be compared: seals, numbers, the
/// chain, where segments meet, what the agent itself knows of the end; and with a recovery code every tag.
package final class AuditCheck {
    private let log: AuditLog
    /// 16 bytes; none without a code.
    private let code: SecretBytes
    private var numbers: [UInt64]
    private let end: (sequence: UInt64, tag: [UInt8])
    package private(set) var report = AuditReport()

    /// Where it is within a segment.
    private struct Place {
        let number: UInt64
        var offset = AuditSegment.start
        var sequence: UInt64
        var previous: [UInt8]
    }
    private var place: Place?
    /// What the entry after the last one has to follow; `nil` before the first segment.
    private var reached: (sequence: UInt64, tag: [UInt8])?
    /// The chain's key of the next entry, as far as the code goes.
    private var chain: SecretBytes?
    /// How often that has to go forward first.
    private var behind: UInt64 = 0
    private var line: [UInt8]?

    /// - Parameter text: the recovery code as typed; empty without.
    package init(_ log: AuditLog, recoveryCode text: borrowing SecretBytes) throws(AuditStoreError) {
        self.log = log
        code = RecoveryCode.decode(text) ?? SecretBytes(count: 0) { _ in }
        numbers = try log.numbers()
        end = (log.sequence, log.tag)
        let oldest = log.segment.oldest
        let expected = (oldest...log.segment.number).count
        if numbers.filter({ $0 >= oldest }).count != expected {
            report.faults.append(.init(sequence: 0, what: "a segment that should be kept is missing"))
        }
        numbers.removeAll { $0 < oldest }
    }

    /// - Returns: `false` when everything has been looked at.
    package func step(_ count: Int) throws(AuditStoreError) -> Bool {
        var left = count
        while left > 0 {
            guard let number = place?.number ?? numbers.first else {
                finish()
                return false
            }
            guard let opened = try log.opened(number) else {
                // Rotation has dropped it for age while this went on; what comes next begins anew.
                if number < log.segment.oldest {
                    reached = nil
                    chain = nil
                    behind = 0
                    skip()
                    continue
                }
                fault(reached?.sequence ?? 0, "a segment is damaged, or another vault's")
                skip()
                continue
            }
            if place == nil { enter(number, opened.segment) }
            guard catchUp(&left) else { return true }
            try walk(opened, &left)
        }
        return true
    }

    private func enter(_ number: UInt64, _ segment: AuditSegment) {
        report.segments += 1
        if report.first == 0 { report.first = segment.first }
        if let reached, reached.sequence != segment.first || reached.tag != segment.previous {
            fault(reached.sequence, "the log breaks off, and goes on at \(segment.first)")
        }
        place = Place(number: number, sequence: segment.first, previous: segment.previous)
        let follows = reached.map { $0.sequence == segment.first } ?? false
        if !follows || line != segment.line.id { chain = lineKey(segment) }
        line = segment.line.id
    }

    /// The first key of a segment's line, from the code; `behind` is how far it is from the segment's first entry.
    private func lineKey(_ segment: AuditSegment) -> SecretBytes? {
        behind = 0
        guard code.count > 0, segment.first - segment.line.first <= 1 << 24,
            let key = segment.line.key(code: code, vaultID: log.vaultID)
        else { return nil }
        behind = segment.first - segment.line.first
        return key
    }

    /// Takes the chain's key on to the entry that comes next; some of it counts as much as looking at one entry.
    ///
    /// - Returns: `false` when there is more to do.
    private func catchUp(_ left: inout Int) -> Bool {
        while behind > 0 {
            guard left > 0 else { return false }
            left -= 1
            let count = min(behind, Self.keysPerStep)
            if var key = chain.take() {
                for _ in 0..<count { AuditKeys.advance(&key) }
                chain = consume key
            }
            behind -= count
        }
        return true
    }

    private static let keysPerStep: UInt64 = 16

    private func walk(_ opened: borrowing AuditLog.Opened, _ left: inout Int) throws(AuditStoreError) {
        guard var here = place else { return }
        var reader = AuditReader(log.store, log.place(here.number), from: here.offset, to: opened.end)
        while left > 0 {
            switch try reader.next() {
            case .entry(let frame):
                left -= 1
                guard frame.sequence == here.sequence, let entry = frame.open(previous: here.previous, opened.seal)
                else {
                    fault(here.sequence, "an entry is not the one that was written")
                    return leave(here)
                }
                guard prove(frame, here.previous, opened.segment.id) else {
                    fault(here.sequence, "an entry was written by somebody who knew the vault's keys only")
                    return leave(here)
                }
                look(entry)
                report.entries += 1
                report.last = frame.sequence
                here.sequence += 1
                here.previous = frame.tag
                here.offset = reader.offset
                // Later ones are the next look's.
                if here.sequence == end.sequence { return leave(here) }
            case .end: return leave(here)
            case .torn, .malformed:
                fault(here.sequence, "an entry is not the one that was written")
                return leave(here)
            }
        }
        place = here
    }

    /// - Returns: `false` when the code's line has proved entries of this segment before, and does not prove this one.
    private func prove(_ frame: AuditFrame, _ previous: [UInt8], _ segment: [UInt8]) -> Bool {
        guard var key = chain.take() else { return true }
        guard frame.isGenuine(previous: previous, segment: segment, key) else { return isLineUnproved }
        AuditKeys.advance(&key)
        chain = consume key
        report.proved += 1
        provedLine = line
        return true
    }

    private var provedLine: [UInt8]?
    private var isLineUnproved: Bool { provedLine != line }

    private func look(_ entry: AuditEntry) {
        if entry.missed > 0 { fault(entry.sequence, "\(entry.missed) entries before it could not be written") }
        guard entry.verb == AuditEntry.aboutLog else { return }
        switch entry.purpose {
        case "new" where entry.sequence == 1, "renewed": return
        case "unseen":
            fault(entry.sequence, "this machine had not seen the log before: nobody can tell whether its end was cut")
        case "torn": fault(entry.sequence, "a kill or a power cut took what was written last")
        default: fault(entry.sequence, "the log was begun anew: \(entry.purpose)")
        }
    }

    private func leave(_ here: Place) {
        reached = (here.sequence, here.previous)
        skip()
    }

    private func skip() {
        if numbers.first == place?.number || place == nil, !numbers.isEmpty { numbers.removeFirst() }
        place = nil
        if reached?.sequence == end.sequence { numbers = [] }
    }

    private func finish() {
        guard let reached, reached.sequence == end.sequence, reached.tag == end.tag else {
            return fault(end.sequence, "the log does not end where it was left")
        }
    }

    private func fault(_ sequence: UInt64, _ what: String) {
        let fault = AuditReport.Fault(sequence: sequence, what: what)
        if !report.faults.contains(fault) { report.faults.append(fault) }
    }
}
