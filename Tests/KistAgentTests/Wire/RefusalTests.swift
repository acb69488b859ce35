import KistAgent
import KistClient
import KistPosix
import KistProtocol
import KistTestKit
import Testing

/// Requests that the agent refuses rather than do what they ask.
struct RefusalTests {
    private let want: JSONValue = ["profile": "default", "name": "a"]

    @Test func nothingIsRevealedTwiceInOneAnswer() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        #expect(try client.call(.reveal, ["wants": [want, want], "purpose": "get"]).kind == "invalid")
        let twice: JSONValue = ["profile": "default", "name": "a", "fields": ["key", "key"]]
        #expect(try client.call(.reveal, ["wants": [twice], "purpose": "get"]).kind == "invalid")
        #expect(try client.reveal("a").result != nil)
    }

    @Test func aRevelationIsBounded() throws {
        let agent = try TestAgent { $0.revealedBytes = 10 }
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "0123456789")
        _ = try client.put("b", "0123456789a", requestID: "2")
        #expect(try client.reveal("a").result != nil)
        #expect(try client.reveal("b").kind == "tooLarge")
    }

    @Test func headersOfABatchCountAndItsTimeEnds() throws {
        let agent = try TestAgent {
            $0.batchBytes = 4_000
            $0.batch = 60_000_000_000
        }
        defer { agent.finish() }
        let good = try agent.initialised()
        func part(_ id: Int64) -> [UInt8] {
            let item: JSONValue = [
                "profile": "default", "name": "a", "platform": "fields", "plain": .empty, "order": [], "secrets": [],
                "note": .string(String(repeating: "n", count: 1_500)),
            ]
            return RawClient.request(id, .put, ["items": [item], "requestID": "q", "why": "t", "more": true])
        }
        let large = try agent.connect()
        for _ in 0..<3 { try large.send(part(5)) }
        #expect(try large.receive()?.kind == "tooLarge")
        let slow = try agent.connect()
        try slow.send(part(5))
        #expect(try good.state() == "unlocked")
        #expect(!slow.hasAnswer)
        agent.advance(seconds: 61)
        #expect(try slow.receive() == nil)
        #expect(try good.state() == "unlocked")
    }

    @Test func aStrangerToALeaseLearnsNothingFromDoctor() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.call(.lock)
        _ = try client.unlock(lease: true)
        #expect(try client.call(.doctor).result?["vault"] != nil)
        #expect(try agent.connect().call(.doctor).result?["vault"] == nil)
    }

    @Test func anotherVaultIsRefusedAtOnce() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connectRaw()
        let hello = try client.call(.hello, ["protocol": 1, "version": "test", "vault": "/elsewhere/v.kist"])
        #expect(hello.kind == "notAllowed")
        #expect(try client.call(.status).kind == "invalid")
        #expect(
            try client.call(.hello, ["protocol": 1, "version": "test", "vault": .string(agent.places.vault)]).result
                != nil)
    }

    @Test func foldersThatCannotBe() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        func make(_ pid: Int64, _ paths: [String]) throws -> String? {
            try client.call(
                .folder,
                ["pid": .integer(pid), "files": .array(paths.map { ["path": .string($0)] })],
                paths.map { _ in [0x41] }
            ).kind
        }
        let own = Int64(Process.id)
        #expect(try make(own, ["a", "a/b"]) == "invalid")
        #expect(try make(own, ["a/b", "a"]) == "invalid")
        #expect(try make(1, ["a"]) == "invalid")
        #expect(try make(2, ["a"]) == "invalid")
        #expect(try make(own, ["a/b", "a/c", "ab"]) == nil)
    }

    @Test func aLockFileThatOthersCanReadIsNotTaken() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.call(.lock)
        try Folder.setMode(agent.lockFile, 0o644)
        #expect(try client.unlock().kind == "notAllowed")
        try Folder.setMode(agent.lockFile, 0o600)
        #expect(try client.unlock().result != nil)
    }
}
