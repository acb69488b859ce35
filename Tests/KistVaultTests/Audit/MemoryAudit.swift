import Glibc
import KistCrypto
import KistModel
import SecretMemory

@testable import KistVault

/// An audit log's files in memory, which a test may bend, fill up or stop at any call.
final class MemoryAudit: AuditStore {
    struct Files: Equatable {
        var active: [UInt8]?
        var older: [UInt64: [UInt8]] = [:]
    }

    var files = Files()
    /// What a power cut would leave: as it was at the last `sync` or `begin`.
    private(set) var durable = Files()
    /// Fails the calls that write for which it gives an `errno`.
    var failing: (String) -> Int32? = { _ in nil }
    /// Bytes that the disk has for what lies beyond the reservation.
    var room = Int.max
    var bytesRead = 0
    /// Older ones that are no files.
    var junk: Set<UInt64> = []
    private var reserved = 0
    private(set) var calls: [String] = []

    init(_ files: Files = Files(), reserved: Int = 0) {
        self.files = files
        self.reserved = reserved
        durable = files
    }

    private func count(_ call: String) throws(AuditStoreError) {
        calls.append(call)
        if let code = failing(call) { throw AuditStoreError(code: code) }
    }

    func older() throws(AuditStoreError) -> [UInt64] { files.older.keys.sorted() }

    func size(of segment: UInt64?) throws(AuditStoreError) -> Int? { bytes(segment)?.count }

    func read(_ segment: UInt64?, at offset: Int, count: Int) throws(AuditStoreError) -> [UInt8] {
        if let segment, junk.contains(segment) { throw AuditStoreError(code: EISDIR) }
        let bytes = bytes(segment) ?? []
        guard offset < bytes.count else { return [] }
        bytesRead += min(bytes.count - offset, count)
        return Array(bytes[offset..<min(bytes.count, offset + count)])
    }

    func begin(with bytes: [UInt8], retiring number: UInt64?) throws(AuditStoreError) {
        try count("begin")
        guard room >= bytes.count else { throw AuditStoreError(code: ENOSPC) }
        if let number, let active = files.active { files.older[number] = active }
        files.active = bytes
        reserved = 0
        durable = files
    }

    func append(_ bytes: [UInt8]) throws(AuditStoreError) {
        try count("append")
        let beyond = max(0, bytes.count - reserved)
        guard beyond <= room else { throw AuditStoreError(code: ENOSPC) }
        room = room == .max ? .max : room - beyond
        reserved = max(0, reserved - bytes.count)
        files.active?.append(contentsOf: bytes)
    }

    func overwrite(_ segment: UInt64?, at offset: Int, with bytes: [UInt8]) throws(AuditStoreError) {
        try count("overwrite")
        if let segment {
            files.older[segment]?.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        } else {
            files.active?.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
    }

    func cut(to size: Int) throws(AuditStoreError) {
        try count("cut")
        files.active?.removeSubrange(size...)
    }

    func reserve(_ bytes: Int) throws(AuditStoreError) {
        try count("reserve")
        let more = max(0, bytes - reserved)
        guard more <= room else { throw AuditStoreError(code: ENOSPC) }
        room = room == .max ? .max : room - more
        reserved += more
    }

    func sync() throws(AuditStoreError) {
        try count("sync")
        durable = files
    }

    func remove(_ segment: UInt64) throws(AuditStoreError) {
        try count("remove")
        files.older[segment] = nil
    }

    func isIntact(size: Int) -> Bool { files.active?.count == size }

    func close() {}

    private func bytes(_ segment: UInt64?) -> [UInt8]? { segment.map { files.older[$0] } ?? files.active }
}

/// A log over files in memory, with the vault's key that a test may keep.
struct LogBench {
    static let now = Timestamp(seconds: 1_790_000_000)
    static let who = AuditEntry.Who(client: "test 1", pid: 4_711, user: 1_000, program: "/usr/bin/test")

    let vaultID = RandomBytes.make(16)
    let root = SharedKey()
    let seen = MemoryAnchors()
    var limits = AuditLog.Limits()
    /// Of the recovery slot.
    var recipient: [UInt8]?

    /// A key with several owners.
    final class SharedKey: Sendable {
        let bytes = SecretBytes.makeRandom(count: 32)
    }

    func open(
        _ store: MemoryAudit, key: SharedKey? = nil, former: SharedKey? = nil, seen: MemoryAnchors? = nil,
        isSeenKept: Bool = true
    ) throws -> AuditLog {
        try AuditLog.open(
            store, seen: seen ?? self.seen, isSeenKept: isSeenKept, limits: limits, vaultID: vaultID,
            audit: (key ?? root).bytes.copy(), former: former?.bytes.copy() ?? SecretBytes(count: 0) { _ in },
            recipient: recipient, newCode: SecretBytes(count: 0) { _ in }, now: Self.now)
    }

    /// A log whose line the code proves, with `count` entries after that.
    func filled(_ count: Int, code: String) throws -> (store: MemoryAudit, log: AuditLog) {
        let store = MemoryAudit()
        let log = try open(store)
        try log.renew(code: SecretBytes(copyingExposed: code.utf8), who: Self.who, now: Self.now)
        for number in 0..<count { try log.append(Self.entry(number), .first) }
        return (store, log)
    }

    static func makeCode() -> String {
        let text = RecoveryCode.encode(RecoveryCode.make())
        return text.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    static func entry(_ number: Int, verb: String = "reveal") throws -> AuditEntry {
        let target = AuditEntry.Target(
            profile: .default, name: try CredentialName("c\(number)"), revision: UInt64(number + 1),
            fields: [try FieldName("api_key")])
        return AuditEntry(
            verb: verb, purpose: "run", targets: [target], who: who, reason: "train.py \(number)", when: now)
    }
}

extension AuditLog {
    /// Looks at everything.
    func report(code: String = "") throws -> AuditReport {
        let check = try AuditCheck(self, recoveryCode: SecretBytes(copyingExposed: code.utf8))
        while try check.step(7) {}
        return check.report
    }

    func all(_ filter: AuditFilter = AuditFilter()) throws -> [AuditEntry] {
        let cursor = try AuditCursor(self, filter)
        var entries: [AuditEntry] = []
        while !cursor.isAtEnd { entries += try cursor.next(5) }
        return entries
    }
}
