import KistAgent
import KistPosix
import KistProtocol
import KistTestKit
import Testing

/// What one client does wrong must not cost another anything.
struct HostileClientTests {
    @Test func brokenFramesEndTheirConnectionAlone() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let good = try agent.initialised()
        let broken: [[UInt8]] = [
            [0xFF, 0xFF, 0xFF, 0xFF], [0, 0x80, 0, 0], [0, 0, 0, 1],
            [0, 1, 0x11, 0x80, 0, 1, 0, 1, 0, 0], Array("GET / HTTP/1.1\r\n\r\n".utf8),
        ]
        for bytes in broken {
            let client = try agent.connectRaw()
            try client.send(bytes)
            #expect(try client.receive() == nil)
        }
        for header in ["", "{", "[]", "nonsense", #"{"a":1,"a":2}"#] {
            let client = try agent.connectRaw()
            try client.send(RawClient.frame(Array(header.utf8)))
            let answer = try client.receive()
            #expect(answer?.kind == "invalid")
        }
        #expect(try good.call(.hello, ["protocol": 1, "version": "x"]).result != nil)
        try good.send(RawClient.frame(Array(#"{"jsonrpc":"2.0","id":9,"method":"sesame"}"#.utf8)))
        #expect(try good.receive()?.kind == "invalid")
        #expect(try good.state() == "unlocked")
    }

    @Test func halfOpenClientsCostNobodyAnything() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let good = try agent.initialised()
        _ = try good.put("a", "secret")
        let start = RawClient.request(1, .put, .empty, [Array(repeating: 0x41, count: 1_000)])
        let slow = try (0..<200).map { _ in try agent.connectRaw() }
        for (index, client) in slow.enumerated() { try client.send(Array(start[..<(index % 900)])) }
        for index in 0..<50 {
            #expect(try good.reveal("a").result != nil)
            // One byte more, now and then, does not buy more time.
            try slow[index * 4 + 1].send([start[(index * 4 + 1) % 900]])
        }
        // Those who have begun a frame are closed; those who have said nothing yet may stay.
        agent.advance(seconds: 10)
        for (index, client) in slow.enumerated() where index % 900 > 0 {
            #expect(try client.receive() == nil)
        }
        #expect(!slow[0].hasAnswer)
        #expect(try good.reveal("a").result != nil)
    }

    @Test func aClientThatDoesNotReadIsNotReadFrom() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let good = try agent.initialised()
        _ = try good.put("a", String(repeating: "s", count: 60_000))
        let deaf = try agent.connect()
        deaf.socket.setNonblocking(true)
        let request = RawClient.request(
            9, .reveal, ["wants": [["profile": "default", "name": "a"]], "purpose": "get"])
        // As many requests as the sockets take: the agent must stop taking them long before they end.
        var taken = 0
        while taken < 100_000 {
            let sent = try request.withUnsafeBytes { try UnixSocket.send(deaf.socket.raw, $0) }
            guard sent == request.count else { break }
            taken += 1
            if taken % 64 == 0 { #expect(try good.state() == "unlocked") }
        }
        #expect(taken < 100_000)
        #expect(try good.reveal("a").result != nil)
        agent.advance(seconds: 31)
        #expect(try good.state() == "unlocked")
    }

    @Test func whenAllPlacesAreTakenTheMostSilentOneMakesRoom() throws {
        let agent = try TestAgent { $0.clients = 8 }
        defer { agent.finish() }
        let good = try agent.initialised()
        var silent: [RawClient] = []
        for _ in 0..<30 {
            silent.append(try agent.connectRaw())
            agent.clock.advance(milliseconds: 1)
            #expect(try good.state() == "unlocked")
        }
        #expect(try agent.connect().state() == "unlocked")
        #expect(silent.filter { $0.hasAnswer }.count >= 22)
    }

    @Test func begunFramesTogetherAreBounded() throws {
        let agent = try TestAgent { $0.incomingBytes = 3 << 20 }
        defer { agent.finish() }
        let good = try agent.initialised()
        let big = RawClient.request(1, .put, .empty, [Array(repeating: 0x41, count: 1 << 20)])
        let clients = try (0..<6).map { _ in try agent.connect() }
        for client in clients { try client.send(Array(big[..<1_000])) }
        #expect(try good.state() == "unlocked")
        #expect(eventually { clients.filter { $0.hasAnswer }.count >= 4 })
    }

    /// A stranger's bytes lie in locked memory like everybody's, so there are few of them before a hello.
    @Test func beforeAHelloNothingLargeIsTaken() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let secret = [UInt8](repeating: 0x41, count: 1 << 20)
        for bytes in [
            RawClient.request(1, .unlock, ["with": "passphrase"], [secret]),
            Array(RawClient.request(1, .put, .empty, [secret, secret, secret]).prefix(100)),
            RawClient.frame([UInt8](repeating: 0x20, count: 9_000)),
        ] {
            let client = try agent.connectRaw()
            try client.send(Array(bytes.prefix(64 << 10)))
            #expect(try client.receive() == nil, "it ends the connection")
        }
        // The control: behind a hello, in the same write, it is looked at.
        let client = try agent.connectRaw()
        try client.send(
            RawClient.request(1, .hello, ["protocol": 1, "version": "test"])
                + RawClient.request(2, .unlock, ["with": "passphrase"], [Array(repeating: 0x41, count: 9_000)]))
        #expect(try client.receive()?.result != nil)
        #expect(try client.receive()?.kind == "absent")
    }
}
