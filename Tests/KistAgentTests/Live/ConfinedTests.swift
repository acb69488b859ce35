import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// B15 with the real agent: it says what the kernel gave, and what it says is so.
@Suite(.serialized) struct ConfinedTests {
    private func sandbox(_ connection: AgentConnection) throws -> JSONValue {
        try #require(try connection.doctor()["sandbox"])
    }

    @Test func theAgentEntersAloneAndSaysHowFar() throws {
        let vault = LiveVault()
        let connection = try vault.open()
        // The vault's folder is still to be made, so that above it is open until then.
        #expect(try sandbox(connection)["files"] == "wide")
        _ = try connection.initialise(LiveVault.cost, passphrase: LiveVault.passphrase())
        let facts = try sandbox(connection)
        #expect(facts["files"] == "confined")
        #expect(facts["landlock"] == .integer(Int64(Confinement.level)))
        #expect(facts["calls"] == true)
        #expect(facts["threads"] == 1)
        // The next one finds the folder.
        try connection.retire()
        #expect(eventually { vault.agents().isEmpty })
        #expect(try sandbox(try vault.unlocked())["files"] == "confined")
    }

    /// Where it remembers what it saw, a link to a file that it may not open: unconfined it would read it.
    @Test func aLinkOutOfItsFoldersIsNotFollowed() throws {
        let vault = LiveVault()
        try vault.initialised().retire()
        #expect(eventually { vault.agents().isEmpty })
        let seen = vault.places.state + "/seen"
        let name = try #require(try Folder.names(in: seen).first { !$0.hasSuffix(".audit") })
        let outside = TemporaryFolder()
        try Folder.rename(seen + "/" + name, to: outside.path + "/anchor")
        symlink(outside.path + "/anchor", seen + "/" + name)
        let connection = try vault.unlocked()
        #expect(try connection.status().anchor == .unknown)
        // The control: inside its folders the same link would have been followed.
        try connection.retire()
        #expect(eventually { vault.agents().isEmpty })
        try Folder.removeFile(seen + "/" + name)
        try Folder.rename(outside.path + "/anchor", to: vault.places.state + "/anchor")
        symlink(vault.places.state + "/anchor", seen + "/" + name)
        let again = try vault.unlocked()
        #expect(try again.status().anchor == .known)
    }

    /// A folder that syncs may be put in place of ours as a whole. Rules follow the old one, so the agent makes room for
    /// another.
    @Test func aFolderReplacedUnderARunningAgentIsNoticed() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "first")
        let pid = try connection.hello().pid
        let data = try #require(Folder.parent(of: vault.places.vault))
        let copy = vault.folder.path + "/copy"
        try Folder.make(copy)
        for name in try Folder.names(in: data) {
            try File.replace(copy + "/" + name, with: try File.read(data + "/" + name, most: 64 << 20))
        }
        try connection.store("a", "second")
        try Folder.rename(data, to: vault.folder.path + "/old")
        try Folder.rename(copy, to: data)
        #expect(throws: ClientError.self) { try connection.value("a") }
        #expect(throws: ClientError.self) { try connection.store("a", "third") }
        // It ends, and the next one says that this copy is older.
        #expect(throws: ClientError.self) { try connection.unlock(secret: LiveVault.passphrase()) }
        #expect(eventually { !vault.agents().contains(pid) })
        let next = try vault.open()
        do {
            _ = try next.unlock(secret: LiveVault.passphrase())
            Issue.record("an older copy was opened")
        } catch { #expect(error.kind == .olderCopy) }
        _ = try next.unlock(UnlockRequest(acceptOlder: true), secret: LiveVault.passphrase())
        #expect(try next.value("a") == "first")
    }
}
