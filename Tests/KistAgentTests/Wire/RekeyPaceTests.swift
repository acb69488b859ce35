import KistClient
import KistProtocol
import KistTestKit
import Testing

@testable import KistAgent

/// How large the commits of a re-encryption are: nobody waits for a large one, and nobody gets small ones for nothing.
@Suite(.serialized) struct RekeyPaceTests {
    private static let rows = 200

    /// Commits of a whole change of the root, while `meanwhile` is asked again and again.
    private func commits(meanwhile: (RawClient) throws -> Void) throws -> Int64 {
        let agent = try TestAgent {
            $0.rekeyRows = 50
            $0.rekeyRowsWanted = 2
        }
        defer { agent.finish() }
        let client = try agent.initialised()
        try agent.fill(Self.rows)
        // What was asked until here was long ago.
        agent.advance(seconds: 60)
        let before = try generation(client)
        let rekey: JSONValue = ["form": "root", "proof": ["with": "passphrase"], "passes": 2, "memory": 19_456]
        let asker = try agent.connect()
        #expect(try asker.call(.rekey, rekey, [TestAgent.passphrase]).result?["phase"]?.string == "moving")
        let isDone = try eventually(within: 300) {
            try meanwhile(client)
            return try asker.call(.rekeyStatus).result?["phase"]?.string == "none"
        }
        #expect(isDone)
        return try generation(client) - before
    }

    private func generation(_ client: RawClient) throws -> Int64 {
        try #require(try client.call(.status).result?["generation"]?.integer)
    }

    /// The change, four large commits, the new order, the end.
    @Test func whoAsksHowFarItIsGetsLargeCommits() throws {
        let commits = try commits { _ = try $0.call(.status) }
        #expect(commits == 7)
    }

    @Test func whoReadsWaitsForSmallOnes() throws {
        let commits = try commits { client in
            let segments = try client.reveal("n7").segments
            #expect(segments == [[65, 65]])
        }
        #expect(commits > Int64(Self.rows / 4))
    }
}
