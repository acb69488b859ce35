import Glibc
import KistPosix
import KistProtocol
import KistTestKit
import Testing

/// Answers belong to the connection that asked, whatever becomes of it.
struct BelongingTests {
    @Test func anAnswerThatCannotBeSentReachesNobodyElse() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let first = try agent.initialised()
        _ = try first.put("a", "of one client")
        _ = try first.call(.lock)
        for _ in 0..<5 {
            let leaving = try agent.connect()
            #expect(try leaving.unlock(lease: true).result != nil)
            let other = try agent.connect()
            // From here on the agent's send to it fails.
            #expect(shutdown(leaving.socket.raw, Int32(SHUT_RD)) == 0)
            try leaving.ask(.reveal, ["wants": [["profile": "default", "name": "a"]], "purpose": "get"])
            let answer = try other.call(.status)
            #expect(answer.segments.isEmpty)
            #expect(answer.result?["state"] == "locked")
            #expect(!other.hasAnswer)
        }
    }

    @Test func lockingWhileAKeyIsMadeKeepsTheVaultLocked() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.call(.lock)
        let other = try agent.connect()
        try other.ask(.unlock, ["with": "passphrase"], [TestAgent.passphrase])
        #expect(try client.call(.lock).result == .empty)
        #expect(try other.receive()?.kind == "locked")
        #expect(try other.state() == "locked")
        #expect(eventually { agent.isLockFree })
        #expect(try other.unlock().result != nil)
        #expect(!agent.isLockFree)
    }

    @Test func anUnlockThatOutlivesTheLeaseOfAnotherHasTheLock() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        _ = try agent.initialised().call(.lock)
        let waiting = try agent.connect()
        var leasing: RawClient? = try agent.connect()
        #expect(try leasing?.unlock(lease: true).result != nil)
        try waiting.ask(.unlock, ["with": "passphrase"], [TestAgent.passphrase])
        leasing = nil
        #expect(try waiting.receive()?.result != nil)
        #expect(try waiting.state() == "unlocked")
        #expect(!agent.isLockFree)
    }

    @Test func anUnlockThatFindsAnotherHolderFails() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let other = try agent.initialised()
        _ = try other.call(.lock)
        let held = try File.open(agent.lockFile, flags: O_RDWR)
        // A program that another test starts shares the lock for a moment.
        #expect(eventually { (try? FileLock.tryLock(held)) == true })
        let client = try agent.connect()
        try client.ask(.unlock, ["with": "passphrase"], [TestAgent.passphrase])
        // Its time to wait begins before the clock is moved.
        #expect(try other.state() == "locked")
        #expect(!client.hasAnswer)
        agent.advance(seconds: 6)
        #expect(try client.receive()?.kind == "holder")
        #expect(try client.state() == "locked")
    }

    @Test func noVaultIsMadeForAClientThatIsGone() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        var leaving: RawClient? = try agent.connect()
        try leaving?.ask(.initialise, TestAgent.cheap, [TestAgent.passphrase])
        leaving = nil
        // Jobs have their order: the first has ended when the second has its answer.
        #expect(try agent.connect().call(.initialise, TestAgent.cheap, [TestAgent.passphrase]).result != nil)
    }

    @Test func answersThatWaitAreDroppedByALock() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        for index in 0..<4 {
            _ = try client.put("a\(index)", String(repeating: "s", count: 1 << 20), requestID: "r\(index)")
        }
        let slow = try agent.connect()
        try slow.ask(
            .reveal,
            [
                "wants": .array((0..<4).map { ["profile": "default", "name": .string("a\($0)")] }),
                "purpose": "get",
            ])
        #expect(eventually { slow.hasAnswer })
        #expect(try client.call(.lock).result == .empty)
        #expect(try slow.receive() == nil)
    }

    @Test func aBatchEndsWithTheLock() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        let slow = try agent.connect()
        func part(_ name: String, more: Bool) -> [UInt8] {
            let item: JSONValue = [
                "profile": "default", "name": .string(name), "platform": "fields", "plain": .empty, "order": [],
                "secrets": ["key"],
            ]
            return RawClient.request(
                7, .put, ["items": [item], "requestID": "q", "why": "t", "more": .bool(more)], [[0x41]])
        }
        try slow.send(part("one", more: true))
        #expect(!slow.hasAnswer)
        _ = try client.call(.lock)
        #expect(try client.unlock().result != nil)
        try slow.send(part("two", more: false))
        #expect(try slow.receive()?.kind == "locked")
        #expect(try client.call(.list, ["all": true]).result?["items"] == [])
    }
}
