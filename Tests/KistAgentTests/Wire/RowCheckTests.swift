import KistClient
import KistModel
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

@testable import KistAgent

/// While one client has every row looked at, others are served.
@Suite(.serialized) struct RowCheckTests {
    private static let rows = 4_000

    /// An agent that looks at one row between two looks at its sockets, and a vault with many.
    private func filled() throws -> (TestAgent, RawClient) {
        let agent = try TestAgent { $0.rekeySlice = 0 }
        let client = try agent.initialised()
        _ = try client.put("a", "1")
        let items = try (0..<Self.rows).map { number in
            PutItem(
                profile: .default, name: try CredentialName("n\(number)"), platform: "fields",
                secrets: [try FieldName("key")])
        }
        let secrets = SecretSegments(
            bytes: SecretBytes(copyingExposed: Array(repeating: 65, count: 2 * Self.rows)),
            lengths: Array(repeating: 2, count: Self.rows))
        _ = try agent.open().put(items, secrets: secrets, why: "import")
        return (agent, client)
    }

    @Test func readsAreAnsweredWhileEveryRowIsLookedAt() throws {
        let (agent, slow) = try filled()
        defer { agent.finish() }
        let other = try agent.connect()
        let rekey: JSONValue = [
            "form": "root", "proof": ["with": "passphrase"], "passes": 2, "memory": 19_456,
        ]
        for (method, params, secrets) in [
            (Method.doctor, ["deep": true] as JSONValue, [] as [[UInt8]]), (.rekey, rekey, [TestAgent.passphrase]),
        ] {
            try slow.ask(method, params, secrets)
            var answered = 0
            while !slow.hasAnswer {
                #expect(try other.reveal("a").segments == [Array("1".utf8)])
                if !slow.hasAnswer { answered += 1 }
            }
            #expect(answered > 3, "\(method)")
            let answer = try #require(try slow.receive())
            #expect(answer.result != nil, "\(answer)")
            if method == .doctor { #expect(answer.result?["verified"]?.integer == Int64(Self.rows) + 1) }
        }
        #expect(try slow.call(.rekeyStatus).result?["phase"]?.string != "none")
    }

    @Test func aLockInTheMiddleEndsItAndChangesNothing() throws {
        let (agent, slow) = try filled()
        defer { agent.finish() }
        let other = try agent.connect()
        try slow.ask(.doctor, ["deep": true])
        #expect(try other.reveal("a").result != nil)
        _ = try other.call(.lock)
        #expect(try slow.receive()?.kind == "locked")
        #expect(try slow.unlock().result != nil)
        // Nor is one that nobody waits for any more in anybody's way.
        try slow.ask(.doctor, ["deep": true])
        let gone = try agent.connect()
        try gone.ask(.doctor, ["deep": true])
        #expect(try other.reveal("a").result != nil)
    }
}
