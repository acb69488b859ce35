import KistProtocol
import KistTestKit
import Testing

/// A vault that is open for one connection only.
struct LeaseTests {
    @Test func aLeaseIsOneConnectionsAlone() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let first = try agent.initialised()
        _ = try first.put("a", "secret")
        _ = try first.call(.lock)
        let other = try agent.connect()
        #expect(try first.unlock(lease: true).result != nil)
        #expect(try first.reveal("a").result != nil)
        #expect(try first.state() == "unlocked")
        #expect(try other.reveal("a").kind == "locked")
        #expect(try other.state() == "locked")
        // Nothing about the vault for those without a lease.
        #expect(try other.call(.status).result?["generation"] == nil)
    }

    @Test func itEndsWithTheConnection() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let other = try agent.connect()
        do {
            let first = try agent.initialised()
            _ = try first.call(.lock)
            _ = try first.unlock(lease: true)
            #expect(!agent.isLockFree)
        }
        #expect(eventually { agent.isLockFree })
        #expect(try other.state() == "locked")
    }

    @Test func itEndsAtItsMaximum() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "secret")
        _ = try client.call(.lock)
        _ = try client.unlock(lease: true, for: 60)
        agent.clock.advance(seconds: 59)
        #expect(try client.reveal("a").result != nil)
        agent.clock.advance(seconds: 1)
        #expect(try client.reveal("a").kind == "locked")
        #expect(eventually { agent.isLockFree })
    }

    @Test func aLeaseDoesNotEndWhatIsOpenForEveryone() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        do {
            let job = try agent.connect()
            #expect(try job.unlock(lease: true).result != nil)
        }
        #expect(try client.state() == "unlocked")
        #expect(try client.put("a", "secret").result != nil)
    }

    @Test func aVaultOpenedForEveryoneOutlivesTheLease() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.call(.lock)
        do {
            let job = try agent.connect()
            _ = try job.unlock(lease: true)
            _ = try client.unlock()
        }
        #expect(try client.put("a", "secret").result != nil)
    }
}
