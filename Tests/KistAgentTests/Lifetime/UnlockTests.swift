import KistProtocol
import KistTestKit
import Testing

struct UnlockTests {
    private let wrong = Array("wrong".utf8)

    @Test func thePauseDoublesToTenSecondsAndARightKeyEndsIt() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.call(.lock)
        for expected: Int64 in [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000] {
            #expect(try client.unlock(wrong).kind == "wrongKey")
            let wait = try client.unlock()
            #expect(wait.kind == "wait")
            #expect(wait.header["error"]?["data"]?["milliseconds"] == .integer(expected))
            agent.clock.advance(milliseconds: expected - 1)
            #expect(try client.unlock().kind == "wait")
            agent.clock.advance(milliseconds: 1)
        }
        #expect(try client.unlock().result != nil)
        _ = try client.call(.lock)
        #expect(try client.unlock(wrong).kind == "wrongKey")
        #expect(try client.unlock().header["error"]?["data"]?["milliseconds"] == 100)
    }

    @Test func guessersInParallelShareOnePause() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let first = try agent.initialised()
        _ = try first.call(.lock)
        let guessers = try (0..<32).map { _ in try agent.connect() }
        for guesser in guessers { try guesser.ask(.unlock, ["with": "passphrase"], [wrong]) }
        var kinds: [String: Int] = [:]
        for guesser in guessers { kinds[try guesser.receive()?.kind ?? "none", default: 0] += 1 }
        #expect(kinds == ["wrongKey": 1, "wait": 31])
    }

    @Test func aWrongKeyLeavesAnOpenVaultOpen() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        #expect(try agent.connect().unlock(wrong).kind == "wrongKey")
        #expect(try client.reveal("a").segments == [Array("secret".utf8)])
        #expect(try client.put("b", "secret").result != nil)
    }

    @Test func othersAreServedWhileAKeyIsDerived() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let slow = try agent.connect()
        let other = try agent.connect()
        try slow.ask(.initialise, ["passes": 60, "memory": 32_768], [TestAgent.passphrase])
        var served = 0
        while !slow.hasAnswer, served < 20 {
            #expect(try other.state() == "absent")
            served += 1
        }
        // Sixty passes take longer than twenty answers.
        #expect(served == 20)
        #expect(try slow.receive()?.result != nil)
    }

    @Test func requestsBehindAnUnlockKeepTheirOrder() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        _ = try client.call(.lock)
        let wants: JSONValue = ["wants": [["profile": "default", "name": "a"]], "purpose": "get"]
        try client.send(
            RawClient.request(50, .unlock, ["with": "passphrase"], [TestAgent.passphrase])
                + RawClient.request(51, .reveal, wants) + RawClient.request(52, .status, .empty))
        #expect(try client.receive()?.header["id"] == 50)
        let revealed = try client.receive()
        #expect(revealed?.header["id"] == 51)
        #expect(revealed?.segments == [Array("secret".utf8)])
        #expect(try client.receive()?.header["id"] == 52)
    }

    @Test func whoLeavesDuringAnUnlockOpensNothing() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.call(.lock)
        do {
            let gone = try agent.connect()
            try gone.ask(.unlock, ["with": "passphrase"], [TestAgent.passphrase])
        }
        #expect(eventually { agent.isLockFree })
        #expect(try client.state() == "locked")
    }

    @Test func theRecoveryCodeOpensToo() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connect()
        let code = try client.call(.initialise, TestAgent.cheap, [TestAgent.passphrase]).segments[0]
        _ = try client.call(.lock)
        #expect(try client.call(.unlock, ["with": "recovery"], [Array("nonsense".utf8)]).kind == "invalid")
        #expect(try client.call(.unlock, ["with": "recovery"], [code]).result != nil)
        #expect(try client.state() == "unlocked")
    }

    @Test func unlocksThatCannotBe() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connect()
        #expect(try client.unlock().kind == "absent")
        #expect(try client.call(.initialise, ["passes": 1, "memory": 1_024], [TestAgent.passphrase]).kind == "invalid")
        #expect(try client.call(.initialise, TestAgent.cheap, [TestAgent.passphrase]).result != nil)
        #expect(try client.call(.initialise, TestAgent.cheap, [TestAgent.passphrase]).kind == "vaultExists")
        #expect(try client.call(.unlock, ["with": "passphrase"]).kind == "invalid")
        #expect(try client.call(.unlock, ["with": "magic"], [wrong]).kind == "invalid")
        #expect(try client.call(.unlock, ["with": "passphrase", "for": 0], [wrong]).kind == "invalid")
        #expect(try client.unlock(Array(repeating: 0x41, count: 4_097)).kind == "tooLarge")
    }
}
