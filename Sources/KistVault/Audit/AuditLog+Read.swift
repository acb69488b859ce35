internal import KistCrypto
package import KistModel
internal import SecretMemory

/// Which entries are wanted.
package struct AuditFilter: Sendable {
    package var profile: ProfileName?
    package var name: CredentialName?
    /// Not before this moment.
    package var since: Timestamp?
    /// Empty: all.
    package var verbs: Set<String> = []
    /// Only entries with a greater sequence number.
    package var after: UInt64 = 0

    package init() {}

    package func admits(_ entry: AuditEntry) -> Bool {
        guard entry.sequence > after, since.map({ entry.when >= $0 }) ?? true else { return false }
        guard verbs.isEmpty || verbs.contains(entry.verb) || verbs.contains(entry.purpose) else { return false }
        guard profile != nil || name != nil else { return true }
        return entry.targets.contains {
            (profile == nil || $0.profile == profile) && (name == nil || $0.name == name)
        }
    }
}

extension AuditLog {
    /// What can be read of one segment.
    struct Opened: ~Copyable {
        let segment: AuditSegment
        let seal: SecretBytes
        /// Its end, at the time it was opened.
        let end: Int
    }

    /// A segment by its number; `nil` when it is not there or does not open with this vault's keys.
    func opened(_ number: UInt64) throws(AuditStoreError) -> Opened? {
        if number == segment.number { return Opened(segment: segment, seal: sealKey.copy(), end: offset) }
        guard let size = try store.size(of: number) else { return nil }
        // One that cannot be read is as good as gone.
        guard let start = try? store.read(number, at: 0, count: AuditSegment.start),
            let segment = try? AuditSegment(start), segment.vaultID == vaultID, segment.number <= number,
            let found = segment.unwrap(start, audit)
        else { return nil }
        return Opened(segment: segment, seal: AuditKeys.seal(found.key), end: size)
    }

    /// What the store calls a segment.
    func place(_ number: UInt64) -> UInt64? { number == segment.number ? nil : number }

    /// Numbers of all segments, ascending.
    func numbers() throws(AuditStoreError) -> [UInt64] {
        try store.older().filter { $0 < segment.number } + [segment.number]
    }
}

/// Goes through the entries of a log in order, some at a time. What is appended meanwhile comes as well.
package final class AuditCursor {
    private let log: AuditLog
    private let filter: AuditFilter
    private var numbers: [UInt64]
    private var at: (offset: Int, previous: [UInt8])?
    package private(set) var isAtEnd = false

    package init(_ log: AuditLog, _ filter: AuditFilter) throws(AuditStoreError) {
        self.log = log
        self.filter = filter
        numbers = try log.numbers()
        // Segments that lie wholly before are not opened.
        while numbers.count > 1, let next = try log.opened(numbers[1]), next.segment.first <= filter.after {
            numbers.removeFirst()
        }
    }

    /// Entries that are wanted, out of the next `count` at most.
    package func next(_ count: Int) throws(AuditStoreError) -> [AuditEntry] {
        var entries: [AuditEntry] = []
        var left = count
        while left > 0, let number = numbers.first {
            guard let opened = try log.opened(number) else {
                numbers.removeFirst()
                continue
            }
            let begin = at ?? (AuditSegment.start, opened.segment.previous)
            var previous = begin.previous
            var reader = AuditReader(log.store, log.place(number), from: begin.offset, to: opened.end)
            var isDone = false
            while left > 0, !isDone {
                guard case .entry(let frame) = try reader.next() else {
                    isDone = true
                    continue
                }
                left -= 1
                // What does not open is `verify`'s business.
                if let entry = frame.open(previous: previous, opened.seal), filter.admits(entry) {
                    entries.append(entry)
                }
                previous = frame.tag
            }
            at = isDone ? nil : (reader.offset, previous)
            if isDone { numbers.removeFirst() }
        }
        isAtEnd = numbers.isEmpty
        return entries
    }
}
