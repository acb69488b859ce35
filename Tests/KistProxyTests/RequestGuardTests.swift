import KistProxy
import NIOHTTP1
import Testing

/// A web page reaches a loopback port by a name of its own, by a form, by a script; none of them gets past the door.
@Suite struct RequestGuardTests {
    static let port = 4711
    static let guarding = RequestGuard(port: port, rules: [], base: "/api")

    private func status(
        _ uri: String = "/api/v1/connectors", method: HTTPMethod = .GET, host: String? = "127.0.0.1:4711",
        _ more: [(String, String)] = [], guarding: RequestGuard = Self.guarding
    ) -> UInt? {
        var headers = HTTPHeaders(more)
        if let host { headers.add(name: "Host", value: host) }
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        do throws(RequestGuard.Refusal) {
            _ = try guarding.admit(head)
            return nil
        } catch { return error.status.code }
    }

    @Test func itsOwnNameIsTaken() {
        #expect(status() == nil)
        #expect(status(host: "localhost:4711") == nil)
        #expect(status("/api") == nil)
        #expect(status("/api/v1/x?limit=1&a=%2F..", method: .POST) == nil)
    }

    /// Sixty ways to write a host that is not this proxy, on every kind of target: 421 before anything else is looked at.
    @Test func noOtherHostIsAnswered() {
        let hostile =
            [
                "", " ", "evil.example", "evil.example:4711", "127.0.0.1", "localhost", "127.0.0.1:80",
                "127.0.0.1:04711",
                "127.0.0.1:47110", "127.0.0.1:4711.", "127.0.0.1.:4711", "127.0.0.1:4711@evil.example",
                "evil.example@127.0.0.1:4711", "127.0.0.1:4711:4711", "127.0.0.1 :4711", " 127.0.0.1:4711",
                "127.0.0.1:4711 ",
                "127.0.0.1:4711,evil.example", "127.0.0.1:4711/evil", "127.0.0.1:4711?", "127.0.0.1:4711#",
                "127.0.0.1\t:4711",
                "127.1:4711", "127.0.1:4711", "2130706433:4711", "0x7f000001:4711", "0177.0.0.1:4711",
                "127.0.0.01:4711",
                "0:4711", "0.0.0.0:4711", "127.0.0.2:4711", "[::1]:4711", "[::ffff:127.0.0.1]:4711", "::1:4711",
                "[::]:4711",
                "LOCALHOST:4711", "Localhost:4711", "localhost.:4711", "localhost.evil.example:4711",
                "localhost:4711.evil",
                "xn--localhost:4711", "127.0.0.1.nip.io:4711", "127-0-0-1.evil.example:4711", "rebind.network:4711",
                "http://127.0.0.1:4711", "//127.0.0.1:4711", "127.0.0.1:4711\u{0}", "127.0.0.1:4711\r\nX: y",
                "1２7.0.0.1:4711",
                "①27.0.0.1:4711", "ｌocalhost:4711", "localhost\u{200B}:4711", "127.0.0.1：4711", "127。0。0。1:4711",
                "*:4711",
                "*", "null", "localhost:4711/api", "localhost:+4711", "localhost:4711 evil.example",
            ]
        #expect(hostile.count == 60)
        let targets = ["/api/v1/connectors", "/api", "/", "*", "http://127.0.0.1:4711/api", "/other"]
        for host in hostile {
            for target in targets { #expect(status(target, host: host) == 421, "\(host) \(target)") }
        }
        #expect(status(host: nil) == 421)
        #expect(status(host: "127.0.0.1:4711", [("Host", "127.0.0.1:4711")]) == 421)
        #expect(status(host: "127.0.0.1:4711", [("host", "evil.example")]) == 421)
    }

    @Test func noPageInABrowserIsAnswered() {
        for (name, value) in [
            ("Origin", "https://evil.example"), ("Origin", "null"), ("Origin", "http://127.0.0.1:4711"), ("oRIGIN", ""),
            ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "no-cors"),
            ("Access-Control-Request-Method", "GET"),
        ] {
            for method in [HTTPMethod.GET, .POST, .OPTIONS, .PUT] {
                #expect(status(method: method, [(name, value)]) == 403, "\(name): \(value)")
            }
        }
    }

    @Test func noTunnelAndNoUpgrade() {
        #expect(status("example.com:443", method: .CONNECT) == 405)
        #expect(status(method: .TRACE) == 405)
        #expect(status(method: .GET, [("Upgrade", "websocket")]) == 405)
    }

    /// What another server might read as another path.
    static let twoMeanings = [
        "http://127.0.0.1:4711/api/x", "https://evil.example/api", "//evil.example/api", "/api//x", "/api/../admin",
        "/api/./x",
        "/api/..", "/api/%2e%2e/admin", "/api/%2E./x", "/api/..;/admin", "/api/%2fadmin", "/api\\..\\admin",
        "/api/%5cx",
        "/api/%00", "/api/%0d%0aX", "/api/%", "/api/%4", "/api/%zz", "/api/%252e", "/api/x#y", "/api/x y",
        "/api/\u{7F}",
        "/api/é", "api/x", "", "*", "?x",
    ]

    @Test func aPathWithTwoMeaningsIsRefused() {
        for uri in Self.twoMeanings { #expect(status(uri) == 400, "\(uri)") }
    }

    @Test func aBodyHasOneLength() {
        #expect(status(method: .POST, [("Content-Length", "3"), ("Transfer-Encoding", "chunked")]) == 400)
        #expect(status(method: .POST, [("Content-Length", "3"), ("Content-Length", "3")]) == 400)
    }

    @Test func noHeaderAsksForSomethingElse() {
        for (name, value) in [
            ("X-HTTP-Method-Override", "DELETE"), ("x-http-method", "PUT"), ("X-Method-Override", "PATCH"),
            ("X-Original-URL", "/admin"), ("X-Rewrite-URL", "/admin"),
        ] {
            #expect(status(method: .POST, [(name, value)]) == 400, "\(name)")
        }
    }

    @Test func nothingBesideTheAddressIsReached() {
        for uri in ["/", "/apix", "/admin", "/apis/v1", "/v1/connectors"] { #expect(status(uri) == 403, "\(uri)") }
    }

    @Test func aRefusalNamesThePathWithoutItsQuery() {
        let headers = HTTPHeaders([("Host", "127.0.0.1:4711")])
        let head = HTTPRequestHead(version: .http1_1, method: .PUT, uri: "/admin/keys?token=x", headers: headers)
        let refusal = #expect(throws: RequestGuard.Refusal.self) { try Self.guarding.admit(head) }
        #expect(refusal?.text == "PUT /admin/keys is not allowed here")
    }

    @Test func rulesNameMethodsAndPaths() throws {
        let rules = try ["GET /api/v1/*", "POST /api/v1/jobs", "* /api/v2", "/api/v3/*"].map(PathRule.init)
        let guarding = RequestGuard(port: Self.port, rules: rules, base: "/api")
        func allowed(_ method: HTTPMethod, _ uri: String) -> Bool {
            status(uri, method: method, guarding: guarding) == nil
        }
        #expect(allowed(.GET, "/api/v1/a/b?x=/api/v2"))
        #expect(allowed(.POST, "/api/v1/jobs"))
        #expect(allowed(.DELETE, "/api/v2"))
        #expect(allowed(.PUT, "/api/v3/x"))
        #expect(!allowed(.POST, "/api/v1/jobs/1"))
        #expect(!allowed(.DELETE, "/api/v1/a"))
        #expect(!allowed(.GET, "/api/v2/x"))
        #expect(!allowed(.GET, "/api/v1"))
        #expect(!allowed(.HEAD, "/api/v1/a"))
    }

    @Test(arguments: [
        "", "GET", "get /x", "GET /a*b", "GET x", "GET /../x", "GET /a?b", "GET /a /b", "G\u{7}T /a", "/a//b",
    ])
    func aRuleThatSaysNothingIsRefused(text: String) {
        #expect(throws: PathRule.Malformed.self) { try PathRule(text) }
    }
}
