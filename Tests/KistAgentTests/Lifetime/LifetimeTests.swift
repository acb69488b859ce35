import KistProtocol
import KistTestKit
import Testing

/// How long an unlocked vault stays so, on a clock that the tests move.
struct LifetimeTests {
    @Test func itLocksItselfWhenNobodyUsesIt() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        agent.clock.advance(seconds: 899)
        #expect(try client.reveal("a").segments == [Array("secret".utf8)])
        agent.clock.advance(seconds: 899)
        #expect(try client.reveal("a").result != nil)
        agent.clock.advance(seconds: 900)
        // The clock is looked at before the request: no timer has run.
        #expect(try client.reveal("a").kind == "locked")
        #expect(try client.unlock().result?["idle"] == 900)
        #expect(try client.reveal("a").result != nil)
    }

    @Test func lookingAtTheStatusIsNoUse() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        agent.clock.advance(seconds: 600)
        let status = try client.call(.status).result
        #expect(status?["idle"] == 300)
        #expect(status?["maximum"] == 28_200)
        agent.clock.advance(seconds: 300)
        #expect(try client.state() == "locked")
    }

    @Test func useCannotKeepItOpenBeyondTheMaximum() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        for _ in 0..<47 {
            agent.clock.advance(seconds: 600)
            #expect(try client.reveal("a").result != nil)
        }
        agent.clock.advance(seconds: 599)
        #expect(try client.reveal("a").result != nil)
        agent.clock.advance(seconds: 1)
        #expect(try client.reveal("a").kind == "locked")
    }

    @Test func unlockForASpanIsThatSpan() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        #expect(try client.unlock(for: 36_000).result?["maximum"] == 36_000)
        agent.clock.advance(seconds: 35_999)
        #expect(try client.state() == "unlocked")
        agent.clock.advance(seconds: 1)
        #expect(try client.state() == "locked")
    }

    @Test func theTimerLocksItAndFreesTheFile() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        #expect(!agent.isLockFree)
        agent.advance(seconds: 900)
        #expect(eventually { agent.isLockFree })
        #expect(try client.state() == "locked")
    }

    @Test func lockWipesClosesAndFrees() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        #expect(try client.call(.lock).result == .empty)
        #expect(eventually { agent.isLockFree })
        #expect(try client.reveal("a").kind == "locked")
        #expect(try client.call(.put, ["items": [], "requestID": "x", "why": ""]).kind == "locked")
        #expect(try client.call(.list, ["all": true]).kind == "locked")
    }

    @Test func aLockedAgentEndsWhenNobodyAsks() throws {
        let agent = try TestAgent()
        let client = try agent.initialised()
        agent.advance(seconds: 900)
        #expect(try client.state() == "locked")
        agent.advance(seconds: 599)
        #expect(try client.state() == "locked")
        agent.advance(seconds: 600)
        #expect(eventually { agent.isDone })
        #expect(try client.receive() == nil)
    }

    @Test func itEndsWhenItsSocketIsGone() throws {
        let agent = try TestAgent()
        let client = try agent.initialised()
        let files = try #require(try? KistPosixNames.sockets(agent))
        for file in files { try KistPosixNames.remove(file) }
        #expect(try client.state() == "unlocked")
        agent.advance(seconds: 3)
        #expect(eventually { agent.isDone })
        #expect(eventually { agent.isLockFree })
    }
}
