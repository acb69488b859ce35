import KistProtocol
import KistTestKit
import Testing

@testable import KistClient

/// What it means that no agent runs.
@Suite struct AgentWordsTests {
    private let folder = TemporaryFolder()

    private func outcome(_ vault: String) -> Result<Credential?, CredentialError> {
        let places = Places(
            vault: vault, runtime: folder.path, state: folder.path, config: folder.path, home: folder.path)
        return AgentWords.result(.notRunning) { () throws(ClientError) in places }
    }

    @Test func onlyAVaultThatIsSurelyNotThereIsNotHere() throws {
        for absent in ["/v.kist", "/none/v.kist"] {
            #expect(try outcome(folder.path + absent).get() == nil)
        }
        // Such a name cannot even be looked for.
        let unknown = outcome(folder.path + "/" + String(repeating: "x", count: 300))
        #expect { try unknown.get() } throws: { ($0 as? CredentialError)?.reason == .locked }
    }
}
