import KistPlatforms
import KistProtocol
import KistRotation
import SecretMemory
import Testing

/// Servers, networks and callers that mean harm, or are just broken.
@Suite struct HostileAnswerTests {
    @Test func tooMuchIsNotRead() throws {
        let chunk = [UInt8](repeating: UInt8(ascii: " "), count: 65_536)
        let endless = LoopbackServer(.flood(chunk, first: Array("HTTP/1.1 200 OK\r\n\r\n[".utf8)))
        #expect(try CourierProcess.kumo(endless.url + "/api")["status"] == "accepted")
        let token = LoopbackServer(.flood(chunk, first: Array("HTTP/1.1 200 OK\r\n\r\n{".utf8)))
        let answer = try CourierProcess.ask(
            "oauth2-client-credentials", plain: ["token_url": token.url, "client_id": "c", "style": "basic"],
            secrets: ["client_secret": "secret"])
        #expect(answer?["status"] == "unknown")
        #expect(answer?["why"]?.string?.contains("in its first 64 KiB") == true)
        let headers = LoopbackServer(.flood(Array("X: y\r\n".utf8), first: Array("HTTP/1.1 200 OK\r\n".utf8)))
        #expect(try CourierProcess.kumo(headers.url + "/api")["status"] == "unknown")
        let line = LoopbackServer(.flood(chunk, first: Array("HTTP/1.1 200 OK\r\nX: ".utf8)))
        #expect(try CourierProcess.kumo(line.url + "/api")["status"] == "unknown")
    }

    @Test(
        arguments: [
            "", "\u{0}\u{1}\u{2}", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 abc\r\n\r\n", "HTTP/1.1 99999 x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n[",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "<html>",
        ])
    func garbageIsUnknown(bytes: String) throws {
        let server = LoopbackServer(bytes)
        #expect(try CourierProcess.kumo(server.url + "/api")["status"] == "unknown")
    }

    /// Nothing that a platform sends can move the cursor, change colours or turn the text around.
    @Test func onlyPrintableTextComesBack() throws {
        let evil = "\u{1b}[31m\u{202e}\u{9b}2J\u{7}churn\u{0}"
        let body = LoopbackServer(status: 200, "{\"success\":true,\"ReplicaID\":\"\(evil)\u{7f}\"}")
        let header = LoopbackServer(status: 200, #"{"success":true}"#, headers: "X-Replica-Id: \u{1b}]0;x\u{202e}\r\n")
        let moved = LoopbackServer(status: 302, headers: "Location: https://\(evil).example/\r\n")
        let long = LoopbackServer(
            status: 200, #"{"success":true}"#, headers: "X-Replica-Id: \(String(repeating: "a", count: 9_000))\r\n")
        for server in [body, header, moved, long] {
            let answer = try #require(
                try CourierProcess.ask(
                    "cloudera-ml-model", plain: ["model_url": server.url + "/model"],
                    secrets: ["access_key": "m-1", "api_key": "key-123456"]))
            for case .string(let text) in (answer.members ?? []).map(\.value) {
                #expect(text.utf8.allSatisfy { (0x20..<0x7f).contains($0) }, "\(text.debugDescription)")
                #expect(text.utf8.count < 300)
            }
        }
    }

    @Test func plainHTTPLeavesForNowhere() throws {
        for url in [
            "http://192.0.2.1/api", "http://127.0.0.1.example/api", "http://user@127.0.0.1/api", "ftp://a/", "x",
        ] {
            let answer = try CourierProcess.kumo(url)
            #expect(answer["status"] == "unknown" && answer["http"] == nil, "\(url)")
            #expect(answer["milliseconds"] == nil, "nothing may have been sent to \(url)")
        }
    }

    @Test func aLineBreakInAKeyMakesNoHeader() throws {
        let server = LoopbackServer(status: 200)
        for key in ["demo:a\r\nX-Evil: 1", "demo:a\n", "demo:\0", "demo:\u{7f}"] {
            let answer = try CourierProcess.kumo(server.url + "/api", key: key)
            #expect(answer["status"] == "unknown")
            #expect(answer["why"]?.string?.contains("header") == true)
        }
        #expect(server.received.isEmpty)
    }

    @Test func theProxyIsForHTTPSElsewhereOnly() throws {
        let proxy = LoopbackServer(status: 403)
        let settings = ["https_proxy", "HTTPS_PROXY", "http_proxy", "ALL_PROXY"].map { "\($0)=\(proxy.url)" }
        let server = LoopbackServer(status: 200)
        #expect(try CourierProcess.kumo(server.url + "/api", environment: settings)["status"] == "accepted")
        #expect(proxy.received.isEmpty && server.received.count == 1)

        let answer = try CourierProcess.kumo("https://demo.kumoai.cloud/api", environment: settings)
        #expect(answer["status"] == "unknown")
        let tunnel = try #require(proxy.received.first)
        #expect(tunnel.hasPrefix("CONNECT demo.kumoai.cloud:443 HTTP/1.1\r\n"))
        #expect(!tunnel.contains("demo:0123456789"))
    }

    @Test func aProxyThatIsNotThereIsNamed() throws {
        let answer = try CourierProcess.kumo(
            "https://demo.kumoai.cloud/api", environment: ["https_proxy=http://127.0.0.1:9"])
        #expect(answer["status"] == "unknown")
        #expect(answer["why"]?.string?.contains("proxy") == true)
    }

    @Test func noTLSNoKey() throws {
        let server = LoopbackServer(.greet(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)))
        let answer = try CourierProcess.kumo("https://127.0.0.1:\(server.port)/api")
        #expect(answer["status"] == "unknown")
        #expect(answer["why"]?.string?.contains("TLS") == true)
        #expect(server.received.allSatisfy { !$0.contains("demo:0123456789") })
    }

    @Test func silenceEndsInTime() throws {
        let server = LoopbackServer(.silence)
        let check = CredentialCheck(
            platform: try PlatformCatalog(userFolder: nil).load("kumo"), variant: nil, name: "test",
            plain: ["url": server.url + "/api"], secrets: ["api_key"])
        var settings = NetworkSettings()
        settings.timeout = 200
        let report = check.run(settings, SecretSegments(SecretBytes(copyingExposed: Array("demo:secret".utf8))))
        #expect(report.verdict == .unknown)
        #expect(report.why == "127.0.0.1 did not answer in time")
    }

    @Test func nobodyThere() throws {
        let answer = try CourierProcess.kumo("http://127.0.0.1:1/api")
        #expect(answer["status"] == "unknown")
        #expect(answer["why"]?.string == "nobody answers at 127.0.0.1")
    }

    @Test func brokenRequestsAreRefused() throws {
        #expect(try CourierProcess.send([]).isEmpty)
        #expect(try CourierProcess.send(Array("GET / HTTP/1.1\r\n\r\n".utf8)).isEmpty)
        #expect(try CourierProcess.send([UInt8](repeating: 0xff, count: 64)).isEmpty)
        func framed(_ json: String) throws -> String {
            var frame: [UInt8] = []
            try FrameLayout(header: json.utf8.count, segments: []).encodePrefix(into: &frame)
            return String(decoding: try CourierProcess.send(frame + Array(json.utf8)), as: UTF8.self)
        }
        for json in [
            "", "{}", "[]", #"{"method":"rotate","params":{}}"#, #"{"method":"check","params":{"platform":7}}"#,
            #"{"method":"check","params":{"platform":"kumo","name":"k","plain":{"url":1},"secrets":[]}}"#,
            #"{"method":"check","params":{"platform":"kumo","name":"k","plain":{},"secrets":["api_key"]}}"#,
            #"{"method":"check","params":{"platform":"../kumo","name":"k","plain":{},"secrets":[]}}"#,
        ] {
            #expect(try framed(json).contains(#""status":"unknown""#), "\(json)")
        }
    }
}
