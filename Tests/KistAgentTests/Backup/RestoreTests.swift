import KistAgent
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// A restore replaces nothing unasked, deletes nothing, and leaves a vault that this machine knows.
@Suite(.serialized) struct RestoreTests {
    @Test func aVaultIsReplacedOnlyWhenThatIsSaidAndIsKept() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "1")
        try connection.store("a", "2")
        let backup = try connection.backupBytes()
        try connection.store("b", "3")
        #expect(throws: ClientError.self) { try connection.handOver(backup, .restore) }
        #expect(try connection.contents() == ["a": "2", "b": "3"])

        let summary = try connection.handOver(backup, .replace)
        let aside = try #require(summary.aside)
        #expect(vault.names(with: "before-restore") == [aside])
        #expect(try connection.status().state == .locked)
        _ = try connection.unlock(secret: LiveVault.passphrase())
        #expect(try connection.contents() == ["a": "2"])
        // Nothing proves that it follows the vault that was there, until somebody answers for that.
        #expect(try connection.status().anchor == .unknown)
        #expect(try connection.doctor()["vault"]?["anchorUnproved"]?.integer != nil)
        try connection.lock()
        _ = try connection.unlock(secret: LiveVault.passphrase())
        #expect(try connection.status().anchor == .unknown)
        _ = try connection.unlock(UnlockRequest(acceptOlder: true), secret: LiveVault.passphrase())
        #expect(try connection.status().anchor == .known)
        try connection.lock()
        _ = try connection.unlock(secret: LiveVault.passphrase())
        #expect(try connection.status().anchor == .known)
        // Revisions and history are those that were backed up.
        let history = try connection.history(profile: .default, name: try CredentialName("a"))
        #expect(history.map(\.revision) == [3, 2])
        #expect(try connection.restore(profile: .default, name: try CredentialName("a"), revision: 2) > 4)

        // The one that was there opens as what it was, at another place.
        let other = LiveVault()
        try Folder.make(other.dataFolder)
        try Folder.rename(vault.dataFolder + "/" + aside, to: other.places.vault)
        #expect(try other.unlocked().contents() == ["a": "2", "b": "3"])
        #expect(vault.names(with: "restoring").isEmpty && vault.names(with: "replaced").isEmpty)
    }

    /// The file from before, put back over the restored one, is noticed as another history.
    @Test func theOldFileInTheRestoredOnesPlaceIsNoticed() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "1")
        let backup = try connection.backupBytes()
        let aside = try #require(try connection.handOver(backup, .replace).aside)
        try connection.retire()
        #expect(eventually { vault.agents().isEmpty })
        try Folder.rename(vault.dataFolder + "/" + aside, to: vault.places.vault)
        do {
            _ = try vault.unlocked()
            Issue.record("another history was opened")
        } catch { #expect(error.kind == .forked) }
    }

    @Test func checkingChangesNothingAndNeedsNoVault() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "1")
        let backup = try connection.backupBytes()
        let clean = LiveVault()
        let other = try clean.open()
        #expect(try other.handOver(backup, .check).credentials == 1)
        #expect(try other.status().state == .absent)
        #expect(clean.names(with: "v.kist").isEmpty)
        // Without a key, only the vault that is open opens it.
        let own = BackupOpenRequest(purpose: .check)
        #expect(try connection.handOver(backup, own).rows == 1)
        #expect(throws: ClientError.self) { try other.handOver(backup, own) }
        _ = try other.initialise(LiveVault.cost, passphrase: LiveVault.passphrase())
        do {
            _ = try other.handOver(backup, own)
            Issue.record("a backup of another vault")
        } catch { #expect((error as? ClientError)?.kind == .wrongKey) }
    }

    @Test func aWrongKeyPausesAndARightOneEndsNoPause() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        let backup = try connection.backupBytes()
        func attempt(_ text: String) -> AgentFailure.Kind? {
            do {
                try connection.handOver(open: backup, .check, passphrase: text)
                return nil
            } catch { return (error as? ClientError)?.kind }
        }
        #expect(attempt("wrong") == .wrongKey)
        #expect(attempt("wrong") == .wait)
        BootClock.sleep(milliseconds: 150)
        #expect(attempt("correct horse") == nil)
        #expect(attempt("wrong") == .wrongKey)
        BootClock.sleep(milliseconds: 110)
        // Doubled, although a right key came between.
        #expect(attempt("wrong") == .wait)
    }

    @Test func damagedBackupsLeaveEverythingAsItWas() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", String(repeating: "x", count: 200_000))
        let backup = try connection.backupBytes()
        var bent = backup
        bent[backup.count / 2] ^= 1
        for (bytes, request) in [
            (bent, BackupOpenRequest.replace), (Array(backup.dropLast(70_000)), .replace),
            (Array(backup.dropLast()), .replace),
            (bent, .check), (backup + [0], .check), (Array(backup.prefix(20)), .replace), ([], .replace),
        ] {
            #expect(throws: ClientError.self) { try connection.handOver(bytes, request) }
        }
        #expect(vault.names(with: "restor").isEmpty && vault.names(with: "replaced").isEmpty)
        #expect(try connection.contents().count == 1)
        // A part without a beginning, and a second restore beside one.
        #expect(throws: ClientError.self) { try connection.backupPart(SecretBytes(copyingExposed: [1])) }
        try connection.handOver(open: backup, .replace)
        let second = try vault.open()
        do {
            try second.handOver(open: backup, .replace)
            Issue.record("two at a time")
        } catch { #expect((error as? ClientError)?.kind == .notAllowed) }
        // Locking ends it.
        try second.lock()
        #expect(vault.names(with: "restor").isEmpty)
        #expect(throws: ClientError.self) { try connection.backupEnd() }
        // Of one that was only looked at, too: its key is the vault's.
        try connection.handOver(open: backup, .check)
        try second.lock()
        #expect(throws: ClientError.self) { try connection.backupEnd() }
    }

    /// A connection that ends takes what it was building with it.
    @Test func aRestoreThatIsGivenUpLeavesNothing() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "1")
        let backup = try connection.backupBytes()
        var other: AgentConnection? = try vault.open()
        try other?.handOver(open: backup, .replace)
        #expect(vault.names(with: "restoring").count >= 1)
        other = nil
        #expect(eventually { vault.names(with: "restoring").isEmpty })
        #expect(try connection.contents() == ["a": "1"])
    }

    /// Others are answered while a backup goes out, and a client that does not take it holds up nobody.
    @Test func othersAreServedWhileABackupGoesOut() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        for index in 0..<40 { try connection.store("c\(index)", String(repeating: "y", count: 100_000)) }
        let slow = try vault.open()
        var answers = 0
        var pieces = 0
        _ = try slow.backup { _, _ in
            pieces += 1
            if (try? connection.value("c\(pieces % 40)")) != nil { answers += 1 }
            return true
        }
        #expect(pieces >= 60 && answers == pieces)
        // Given up in the middle.
        #expect(try vault.open().backup { _, _ in false } == nil)
        #expect(try connection.value("c0") != nil)
    }

    /// Whoever proved a restore once does not keep its key and the one place by sending little, or nothing.
    @Test func aRestoreEndsInTimeHoweverItsPartsCome() throws {
        let agent = try TestAgent { $0.intake = 200_000_000_000 }
        defer { agent.finish() }
        let client = try agent.initialised()
        for index in 0..<20 { _ = try client.put("c\(index)", String(repeating: "z", count: 100_000)) }
        let backup = try agent.open().backupBytes()
        let other = try agent.open()
        try other.handOver(open: backup, .replace)
        #expect(throws: ClientError.self) { try other.backupPart(SecretBytes(count: 0) { _ in }) }
        _ = try other.backupPart(SecretBytes(copyingExposed: [backup[1 << 20]]))
        agent.advance(seconds: 110)
        _ = try other.backupPart(SecretBytes(copyingExposed: [backup[1 << 20 + 1]]))
        agent.advance(seconds: 91)
        #expect(throws: ClientError.self) {
            _ = try other.backupPart(SecretBytes(copyingExposed: [backup[1 << 20 + 2]]))
        }
        #expect(FileStatus.exists(agent.places.vault) && !FileStatus.exists(agent.places.vault + ".restoring"))
    }

    /// The backup's key may be the vault's own: it goes when that one goes.
    @Test func aVaultThatLocksItselfEndsARestore() throws {
        let agent = try TestAgent { $0.batch = 3_600_000_000_000 }
        defer { agent.finish() }
        _ = try agent.initialised().put("a", "secret")
        let backup = try agent.open().backupBytes()
        let other = try agent.open()
        try other.handOver(open: backup, .replace)
        agent.advance(seconds: 15 * 60)
        #expect(throws: ClientError.self) { _ = try other.backupEnd() }
        #expect(!FileStatus.exists(agent.places.vault + ".restoring"))
        // And one on a machine where no vault is open goes on.
        try other.handOver(open: backup, .replace)
        #expect(try other.backupEnd().aside != nil)
    }
}

extension FileStatus {
    fileprivate static func exists(_ path: String) -> Bool { (try? FileStatus(of: path)) != nil }
}
