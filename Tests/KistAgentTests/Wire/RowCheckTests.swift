import KistClient
import KistProtocol
import KistTestKit
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
        try agent.fill(Self.rows)
        return (agent, client)
    }

    @Test func readsAreAnsweredWhileEveryRowIsLookedAt() throws {
        let (agent, slow) = try filled()
        defer { agent.finish() }
        let other = try agent.connect()
        for (method, params, secrets) in [
            (Method.doctor, ["deep": true] as JSONValue, [] as [[UInt8]]), (.rekey, Self.rekey, [TestAgent.passphrase]),
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

    private static let rekey: JSONValue = [
        "form": "root", "proof": ["with": "passphrase"], "passes": 2, "memory": 19_456,
    ]

    /// Somebody else opens the vault for one command while its rows are looked at: that changes nothing for the other.
    @Test func anUnlockInTheMiddleOfARekeyIsInNobodysWay() throws {
        let (agent, slow) = try filled()
        defer { agent.finish() }
        let other = try agent.connect()
        try slow.ask(.rekey, Self.rekey, [TestAgent.passphrase])
        var unlocks = 0
        while !slow.hasAnswer {
            let answer = try other.unlock()
            #expect(answer.result != nil, "\(answer)")
            if !slow.hasAnswer { unlocks += 1 }
        }
        #expect(unlocks > 0)
        let answer = try #require(try slow.receive())
        #expect(answer.result != nil, "\(answer)")
    }

    /// The key of a passphrase is made for a slot that a change of the root takes away before it is tried.
    @Test func aPassphraseIsNotWrongBecauseTheRootChangedMeanwhile() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let slow = try agent.initialised()
        let other = try agent.connect()
        for _ in 0..<5 {
            try slow.ask(.rekey, Self.rekey, [TestAgent.passphrase])
            // Behind the other in the queue, until that leaves it to look at the rows.
            let answer = try other.unlock()
            #expect(answer.result != nil, "\(answer)")
            let rekeyed = try #require(try slow.receive())
            #expect(rekeyed.result != nil, "\(rekeyed)")
            #expect(try eventually { try slow.call(.rekeyStatus).result?["phase"]?.string == "none" })
        }
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
