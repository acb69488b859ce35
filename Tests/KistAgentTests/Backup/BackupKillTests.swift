import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// C1: a restore that is killed leaves the old vault or the new one, whole, without a question at the next unlock.
@Suite(.serialized) struct BackupKillTests {
    @Test func fiftyKillsDuringARestoreLeaveTheOldVaultOrTheNewOne() throws {
        let vault = LiveVault()
        let first = try vault.initialised()
        for index in 0..<30 { try first.store("c\(index)", String(repeating: "old", count: 2_000)) }
        let backup = try first.backupBytes()
        try first.store("later", "new")
        let (before, after) = (31, 30)
        var seen = [before: 0, after: 0]
        var random = SystemRandomNumberGenerator()
        var longest = 60
        for _ in 0..<50 {
            let connection = try vault.open()
            let pid = try connection.hello().pid
            let delay = Int(random.next() % UInt64(longest * 1_000))
            try Process.startThread {
                usleep(UInt32(delay))
                kill(pid, SIGKILL)
            }
            do {
                let begin = BootClock.nanoseconds
                _ = try connection.handOver(backup, .replace)
                // What kills too late teaches how long it takes.
                longest = max(10, Int((BootClock.nanoseconds - begin) / 1_000_000) + 5)
            } catch {}
            #expect(eventually { !vault.agents().contains(pid) })
            // Opens without an acceptance: what was seen and what is there belong together.
            let next = try vault.unlocked()
            let contents = try next.contents()
            seen[contents.count, default: 0] += 1
            #expect(contents.count == before || contents.count == after)
            // Only that a backup was restored on purpose, somebody has to say.
            #expect(try next.status().anchor == (contents.count == after ? .unknown : .known))
            _ = try next.unlock(UnlockRequest(acceptOlder: true), secret: LiveVault.passphrase())
            #expect(try next.status().anchor == .known)
            #expect(vault.names(with: "restoring").isEmpty && vault.names(with: "replaced").isEmpty)
            // Both outcomes again next time.
            if contents.count == after { try next.store("later", "new") }
            try next.retire()
            #expect(eventually { vault.agents().isEmpty })
        }
        #expect(seen.keys.sorted() == [after, before] && seen[before]! + seen[after]! == 50)
    }

    /// Every state that a kill can leave in the folder, put there by hand.
    @Test func theNextStartEndsWhatAKillBegan() throws {
        let vault = LiveVault()
        let first = try vault.initialised()
        try first.store("a", "1")
        try first.retire()
        #expect(eventually { vault.agents().isEmpty })
        let path = vault.places.vault
        // Between the two renames: the old one gets its name back, and is no place for a new vault meanwhile.
        try Folder.rename(path, to: path + ".replaced")
        try File.replace(path + ".restoring", with: [1, 2, 3])
        try File.replace(path + ".restoring-journal", with: [4])
        let second = try vault.open()
        #expect(try second.status().state == .locked)
        _ = try second.unlock(secret: LiveVault.passphrase())
        #expect(try second.contents() == ["a": "1"])
        #expect(vault.names(with: "re").isEmpty)
        try second.retire()
        #expect(eventually { vault.agents().isEmpty })
        // After them: the new one stays, the old one gets the name that it was to have.
        try File.replace(path + ".replaced", with: [1])
        let third = try vault.unlocked()
        #expect(try third.contents() == ["a": "1"])
        #expect(vault.names(with: ".replaced").isEmpty)
        #expect(vault.names(with: "before-restore").count == 1)
    }
}
