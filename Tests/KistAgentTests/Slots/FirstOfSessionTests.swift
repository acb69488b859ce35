import KistClient
import KistPosix
import KistProtocol
import KistTestKit
import Testing

/// A keyring opens the vault by itself at the first use in a session, and never after somebody wanted it locked.
@Suite(.serialized) struct FirstOfSessionTests {
    private func mark(_ vault: LiveVault) -> String {
        AgentPlace.opened(inRuntime: vault.places.runtime!, vault: vault.places.vault)
    }

    private func end(_ connection: AgentConnection, _ vault: LiveVault) throws {
        try connection.retire()
        #expect(eventually { vault.agents().isEmpty })
    }

    /// A vault that nobody has opened in this session.
    private func fresh() throws -> LiveVault {
        let vault = LiveVault()
        try end(try vault.initialised(), vault)
        try Folder.removeFile(mark(vault))
        return vault
    }

    @Test func aLockBeforeTheFirstUseStopsTheKeyring() throws {
        let vault = try fresh()
        let connection = try vault.open()
        #expect(try connection.slots().isFirst, "the control")
        try connection.lock()
        #expect(try !connection.slots().isFirst)
        // For the next agent too.
        try end(connection, vault)
        #expect(try !vault.open().slots().isFirst)
    }

    @Test func anAgentThatIsEndedLeavesTheMark() throws {
        let vault = try fresh()
        try end(try vault.open(), vault)
        #expect(try !vault.open().slots().isFirst)
    }

    /// What cannot be written down would be forgotten with the agent: then nothing counts as the first use.
    @Test func withoutAPlaceForTheMarkNothingIsTheFirstUse() throws {
        let vault = try fresh()
        try Folder.make(mark(vault) + ".tried")
        #expect(try !vault.open().slots().isFirst)
        Folder.removeTree(mark(vault) + ".tried")
        let connection = try vault.open()
        #expect(try connection.slots().isFirst)
        // The mark goes while the agent is there: it knows by itself.
        try connection.lock()
        try Folder.removeFile(mark(vault))
        #expect(try !connection.slots().isFirst)
    }
}
