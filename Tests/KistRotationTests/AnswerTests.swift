import KistProtocol
import Testing

/// What each answer of a platform means.
@Suite struct AnswerTests {
    @Test(
        arguments: [
            (200, "accepted"), (204, "accepted"), (400, "unknown"), (401, "refused"), (403, "notAllowed"),
            (404, "wrongAddress"), (407, "unknown"), (408, "unknown"), (418, "unknown"), (429, "unknown"),
            (500, "unknown"), (502, "unknown"), (503, "unknown"),
        ])
    func statusSpeaks(status: Int, verdict: String) throws {
        let server = LoopbackServer(status: status, status == 204 ? "" : "[]")
        let answer = try CourierProcess.kumo(server.url + "/api")
        #expect(answer["status"]?.string == verdict)
        #expect(answer["http"]?.integer == Int64(status))
        #expect(answer["answeredBy"]?.string == "127.0.0.1")
        #expect(server.received.count == 1)
        let request = try #require(server.received.first)
        #expect(request.hasPrefix("GET /api/v1/connectors HTTP/1.1\r\n"))
        #expect(request.contains("\r\nX-API-Key: demo:0123456789\r\n"))
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func aRedirectIsToldAndNotFollowed(status: Int) throws {
        let other = LoopbackServer(status: 200)
        let server = LoopbackServer(status: status, headers: "Location: \(other.url)/api/v1/connectors?k=1\r\n")
        let answer = try CourierProcess.kumo(server.url + "/api")
        #expect(answer["status"]?.string == "unknown")
        #expect(answer["http"]?.integer == Int64(status))
        #expect(answer["why"]?.string?.contains(" points to \(other.url);") == true)
        #expect(server.received.count == 1 && other.received.isEmpty)
    }

    @Test func snowflakeSaysNoWith200() throws {
        func login(_ body: String, _ status: Int = 200) throws -> JSONValue? {
            let server = LoopbackServer(status: status, body)
            let answer = try CourierProcess.ask(
                "snowflake", variant: "password", plain: ["account": "a", "user": "A\"B", "url": server.url],
                secrets: ["password": "p\\w\"ord é"])
            let request = try #require(server.received.first)
            #expect(request.hasPrefix("POST /session/v1/login-request "))
            #expect(request.contains(#""LOGIN_NAME":"A\"B","PASSWORD":"p\\w\"ord é""#))
            return answer
        }
        #expect(try login(#"{"data":{"token":"t"},"code":null,"success":true}"#)?["status"] == "accepted")
        let refused = try login(#"{"data":{"success":true},"code":"390100","success":false,"message":"x"}"#)
        #expect(refused?["status"] == "refused")
        #expect(try login(#"{"code":"390999","success":false}"#)?["status"] == "unknown")
        #expect(try login(#"{"success":"#)?["status"] == "unknown")
        #expect(try login("<html>", 403)?["status"] == "wrongAddress")
    }

    @Test func aTokenEndpointHasToGiveAToken() throws {
        func token(_ body: String, _ status: Int = 200, style: String = "basic") throws -> (JSONValue?, String) {
            let server = LoopbackServer(status: status, body)
            let answer = try CourierProcess.ask(
                "oauth2-client-credentials",
                plain: ["token_url": server.url + "/token", "client_id": "c:1", "style": style, "scope": "a b"],
                secrets: ["client_secret": "s &\"=é+"])
            return (answer, try #require(server.received.first))
        }
        let good = #"{ "x": {"access_token": null}, "access_token" : "eyJ" }"#
        let (accepted, basic) = try token(good)
        #expect(accepted?["status"] == "accepted")
        #expect(basic.contains("\r\nAuthorization: Basic YyUzQTE6cyUyMCUyNiUyMiUzRCVDMyVBOSUyQg==\r\n"))
        #expect(basic.hasSuffix("\r\n\r\ngrant_type=client_credentials&scope=a%20b"))
        let (_, form) = try token(good, style: "body")
        #expect(form.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
        #expect(
            form.hasSuffix(
                "grant_type=client_credentials&client_id=c%3A1&client_secret=s%20%26%22%3D%C3%A9%2B&scope=a%20b"))
        #expect(!form.contains("Authorization"))
        let (_, json) = try token(good, style: "json")
        #expect(json.contains(#""client_secret":"s &\"=é+","#) && json.contains(#""scope":"a b","#))

        for wrong in [
            #"{"access_token":null}"#, #"{"access_token":""}"#, #"["access_token"]"#, "{}", "access_token", "",
        ] {
            #expect(try token(wrong).0?["status"] == "unknown", "\(wrong)")
        }
        #expect(try token(#"{"error":"invalid_client"}"#, 400).0?["status"] == "refused")
        #expect(try token(#"{"error":"invalid_scope"}"#, 400).0?["status"] == "notAllowed")
        #expect(try token(#"{"error":"access_denied"}"#, 401).0?["status"] == "refused")
    }

    @Test func notACollaboratorIsNotABadKey() throws {
        func model(_ body: String, _ status: Int, headers: String = "") throws -> JSONValue? {
            let server = LoopbackServer(status: status, body, headers: headers)
            return try CourierProcess.ask(
                "cloudera-ml-model", plain: ["model_url": server.url + "/model"],
                secrets: ["access_key": "m-1", "api_key": "key-123456"])
        }
        let words = #"{"errors":{"User APikey not authorized to access model":"Check APIKEY permissions"}}"#
        for status in [200, 401, 403, 500] {
            let answer = try model(words, status)
            #expect(answer?["status"] == "notAllowed", "\(status)")
            #expect(answer?["why"]?.string == "valid key, not a collaborator. Ask the project's owner to add you.")
        }
        let good = try model(#"{"success": true, "ReplicaID": "churn-1-x2x7q"}"#, 200)
        #expect(good?["status"] == "accepted" && good?["answeredBy"] == "churn-1-x2x7q")
        let header = try model(#"{"success": true, "ReplicaID": "b"}"#, 200, headers: "X-Replica-Id:  r-7 \r\n")
        #expect(header?["answeredBy"] == "r-7")
    }

    @Test func basicIsTheKeyAndAnEmptyPassword() throws {
        let source = """
            schema = 1
            name = "mine"
            title = "Mine"
            summary = "A platform of the user's own"
            [[field]]
            name = "key"
            title = "Key"
            kind = "secret"
            [[field]]
            name = "url"
            title = "url"
            kind = "plain"
            [[check]]
            url = "{url}/users/me"
            [check.basic]
            user = "{key}"
            password = ""
            """
        let server = LoopbackServer(status: 200)
        let answer = try CourierProcess.ask(
            "mine", plain: ["url": server.url], secrets: ["key": "legacy-key"], source: source)
        #expect(answer?["status"] == "accepted")
        #expect(server.received.first?.contains("\r\nAuthorization: Basic bGVnYWN5LWtleTo=\r\n") == true)
    }

    @Test func whatCannotBeCheckedSaysSo() throws {
        let login = try CourierProcess.ask("login", plain: ["username": "u"], secrets: ["password": "pass-1"])
        #expect(login?["status"] == "unknown" && login?["http"] == nil)
        let key = try CourierProcess.ask("http-api-key", plain: ["header": "X-Key"], secrets: ["key": "key-1"])
        #expect(key?["why"]?.string?.contains("a check needs url") == true)
    }
}
