import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Synchronization
import Testing

/// A16: backups made while somebody writes, each restored on a machine that has nothing, are each one commit boundary.
@Suite(.serialized) struct BackupLoadTests {
    @Test func twentyBackupsUnderLoadAreEachOneCommitBoundary() throws {
        let vault = LiveVault()
        let first = try vault.initialised()
        let state = Mutex(State())
        // Every row that a write drops makes one more that the running backup has to keep.
        for index in 0..<60 {
            try first.store("c\(index)", String(repeating: "value \(index) ", count: 300))
            state.withLock { $0.now["c\(index)"] = String(repeating: "value \(index) ", count: 300) }
        }
        let seen = try first.status().generation ?? 0
        state.withLock { $0.history[seen] = $0.now }
        try Process.startThread {
            do {
                let writer = try vault.open()
                var round = 0
                while !state.withLock({ $0.isEnding }) {
                    try Self.write(round, writer, state)
                    round += 1
                }
            } catch { state.withLock { $0.failure = "\(error)" } }
            state.withLock { $0.isEnded = true }
        }
        var backups: [[UInt8]] = []
        while backups.count < 20 {
            let from = state.withLock { $0.writes }
            backups.append(try first.backupBytes())
            // One without a write meanwhile proves less: each has some.
            while state.withLock({ $0.writes < from + 3 && $0.failure == nil }) { BootClock.sleep(milliseconds: 1) }
        }
        state.withLock { $0.isEnding = true }
        #expect(eventually { state.withLock { $0.isEnded } })
        #expect(state.withLock { $0.failure } == nil)

        var generations: Set<UInt64> = []
        for backup in backups {
            let clean = LiveVault()
            let connection = try clean.open()
            let summary = try connection.handOver(backup, .restore)
            #expect(summary.aside == nil)
            let expected = try #require(state.withLock { $0.history[summary.generation] })
            _ = try connection.unlock(secret: LiveVault.passphrase())
            #expect(try connection.contents() == expected)
            #expect(UInt64(expected.count) == summary.credentials)
            generations.insert(summary.generation)
        }
        #expect(generations.count == 20)
    }

    private struct State {
        var now: [String: String] = [:]
        /// What the vault held at each generation.
        var history: [UInt64: [String: String]] = [:]
        var writes = 0
        var isEnding = false
        var isEnded = false
        var failure: String?
    }

    /// Changes (which drop the twelfth revision), removals and new ones.
    private static func write(_ round: Int, _ writer: AgentConnection, _ state: borrowing Mutex<State>) throws {
        let name = "c\(round % 7 == 0 ? round % 60 : round % 5)"
        let generation: UInt64
        if round % 11 == 10, state.withLock({ $0.now[name] != nil }) {
            generation = try writer.remove(profile: .default, name: try CredentialName(name))
            state.withLock { $0.now[name] = nil }
        } else {
            let value = String(repeating: "round \(round) ", count: 300)
            let item = PutItem(
                profile: .default, name: try CredentialName(name), platform: "fields", secrets: [try FieldName("key")])
            generation = try writer.put(
                [item], secrets: SecretSegments(SecretBytes(copyingExposed: value.utf8)), why: "load"
            ).revision
            state.withLock { $0.now[name] = value }
        }
        state.withLock {
            $0.history[generation] = $0.now
            $0.writes += 1
        }
    }
}
