import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// The log of the real agent, killed while it hands out.
@Suite(.serialized) struct AuditLiveTests {
    /// D17 in small: whoever got a secret is in the log, whenever the agent was killed.
    @Test func noKillLosesAnEntryOfWhatWasHandedOut() throws {
        let vault = LiveVault()
        try vault.initialised().store("a", "secret")
        var handedOut = 0
        var before = 0
        for round in 0..<20 {
            let connection = try vault.unlocked()
            // The last of a round may have been written down and not have arrived.
            let written = try Self.reveals(connection)
            #expect((handedOut...handedOut + 1).contains(written - before), "round \(round)")
            (before, handedOut) = (written, 0)
            let pid = try connection.hello().pid
            try Process.startThread {
                BootClock.sleep(milliseconds: 3 + round)
                kill(pid, SIGKILL)
            }
            while (try? connection.value("a")) == "secret" { handedOut += 1 }
            #expect(eventually { !vault.agents().contains(pid) })
        }
        let connection = try vault.unlocked()
        let written = try Self.reveals(connection)
        #expect((handedOut...handedOut + 1).contains(written - before))
        #expect(written > 20)
        let check = try connection.verifyAudit(recoveryCode: SecretBytes(count: 0) { _ in }) { _ in }
        // A kill can meet the kernel between two pages of one entry; nobody was given anything for that one, and the log says so.
        let others = check.faults.filter { $0.what != "a kill or a power cut took what was written last" }
        #expect(others == [])
        let status = try FileStatus(of: vault.places.vault + ".audit")
        #expect(status.mode == 0o600)
    }

    /// How many revelations are written down; the numbers of all entries must follow each other.
    private static func reveals(_ connection: AgentConnection) throws -> Int {
        var reveals = 0
        var last: UInt64 = 0
        try connection.audit(AuditRequest()) { entry in
            if entry.verb == "reveal" { reveals += 1 }
            if entry.sequence != last + 1 { Issue.record("after \(last) comes \(entry.sequence)") }
            last = entry.sequence
        }
        return reveals
    }

    /// Names, fields and purposes are sealed.
    @Test func theLogsFilesSayNothing() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("canary-name", "canary-secret")
        _ = try connection.reveal(
            RevealRequest(
                wants: [Want(profile: .default, name: try CredentialName("canary-name"))], purpose: .run,
                reason: "canary-reason"))
        try connection.lock()
        var files = 0
        for file in vault.folder.files() where file.path.contains(".audit") {
            files += 1
            for word in ["canary", "default", "reveal", "kist-agent", "/"] {
                #expect(!contains(file.bytes, Array(word.utf8)) || word == "/", "\(word) in \(file.path)")
            }
        }
        // Beside the vault, and what was seen of it in the state folder.
        #expect(files == 2)
    }
}
