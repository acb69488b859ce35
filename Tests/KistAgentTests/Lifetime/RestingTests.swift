import KistClient
import KistPosix
import KistStore
import KistTestKit
import StoreSQLite
import Testing

/// What reads leave to each other does not outlive the moment.
@Suite struct RestingTests {
    @Test func nothingIsLockedWhileTheAgentSleeps() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        #expect(try client.put("kumo", "s3cr3t").result != nil)
        let inode = try FileStatus(of: agent.places.vault).inode

        // That the kernel's table would show it.
        let store = try SQLiteStore.open(agent.places.vault)
        store.beginReading()
        let nowhere = RecordPlace(lookup: LookupID(high: 1, low: 1), revision: 1)
        #expect(try store.withRecord(at: nowhere, secretToo: false) { _ in true } == nil)
        #expect(Self.isLocked(inode))
        store.close()
        #expect(!Self.isLocked(inode))

        for _ in 0..<20 { #expect(try client.reveal("kumo").result != nil) }
        #expect(eventually { !Self.isLocked(inode) })
    }

    /// As the kernel's table of locks says: `1: POSIX ADVISORY READ pid major:minor:inode start end`.
    private static func isLocked(_ inode: UInt64) -> Bool {
        guard let table = try? File.read("/proc/locks", most: 1 << 20) else { return false }
        return String(decoding: table, as: UTF8.self).split(separator: "\n").contains { line in
            line.split(separator: " ").contains { $0.hasSuffix(":\(inode)") }
        }
    }
}
