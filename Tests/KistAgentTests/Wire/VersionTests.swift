import KistProtocol
import KistTestKit
import Testing

struct VersionTests {
    @Test func anotherProtocolRunsNothingButRetire() throws {
        let agent = try TestAgent()
        let own = try agent.initialised()
        let client = try agent.connectRaw()
        // Hello and a request in one write, as clients do.
        try client.send(
            RawClient.request(1, .hello, ["protocol": 2, "version": "9.0"])
                + RawClient.request(2, .put, ["items": [], "requestID": "x", "why": ""])
                + RawClient.request(3, .lock, .empty))
        let hello = try #require(try client.receive())
        #expect(hello.kind == "version")
        #expect(hello.header["error"]?["data"]?["protocol"] == 1)
        #expect(try client.receive()?.kind == "version")
        #expect(try client.receive()?.kind == "version")
        #expect(try own.state() == "unlocked")
        #expect(try client.call(.retire).result == .empty)
        #expect(eventually { agent.isDone })
        #expect(eventually { agent.isLockFree })
    }

    @Test func helloComesFirst() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connectRaw()
        #expect(try client.call(.status).kind == "invalid")
        #expect(try client.hello().result != nil)
        #expect(try client.call(.status).result != nil)
    }

    @Test func namesOfClientsAreShortAndPlain() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        for name in ["a\u{1B}[31m", "é", String(repeating: "x", count: 65)] {
            let client = try agent.connectRaw()
            #expect(try client.call(.hello, ["protocol": 1, "version": .string(name)]).kind == "invalid")
        }
    }
}
