import Glibc
import KistModel
import KistPlatforms
import KistProtocol
import SecretMemory
import Testing

@testable import KistRotation

/// Requests that are signed as a whole (AWS), and forms that carry a signed assertion (Google Cloud).
@Suite struct CloudTests {
    /// `post-vanilla` and `post-sts-header-before` of the test suite that AWS publishes for Signature Version 4.
    @Test func theVectorsOfSignatureVersion4() throws {
        let signature = SignatureV4(
            keyID: "AKIDEXAMPLE", region: "us-east-1", service: "service", method: "POST",
            address: try #require(WebAddress("https://example.amazonaws.com/")),
            now: try #require(Timestamp("2015-08-30T12:36:00Z")))
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        func signed(_ token: String) throws -> String {
            try signature.authorization(
                secret: SecretBytes(copyingExposed: Array(secret.utf8)),
                token: SecretBytes(copyingExposed: Array(token.utf8)), body: nil)
        }
        #expect(
            try signed("")
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, "
                + "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")
        let token =
            "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8"
            + "YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6"
            + "fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQ"
            + "wj2ICCR/oLxBA=="
        #expect(
            try signed(token).hasSuffix(
                "SignedHeaders=host;x-amz-date;x-amz-security-token, "
                    + "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"))
        #expect(SignatureV4.region(of: "sts.eu-west-1.amazonaws.com") == "eu-west-1")
        #expect(SignatureV4.region(of: "sts.amazonaws.com") == nil)
    }

    @Test func whatAWSAnswers() throws {
        func ask(_ status: Int, _ body: String) throws -> (JSONValue?, String) {
            let server = LoopbackServer(status: status, body)
            let answer = try CourierProcess.ask(
                "aws", plain: ["access_key_id": "AKIAIOSFODNN7EXAMPLE", "url": server.url],
                secrets: ["secret_access_key": "wJalrXUtnFEMI/K7MDENG", "session_token": "FwoGZXIvYXdzE"])
            return (answer?["status"], server.received.first ?? "")
        }
        let (status, request) = try ask(200, "<GetCallerIdentityResponse/>")
        #expect(status == "accepted")
        #expect(request.hasPrefix("POST / ") && request.hasSuffix("Action=GetCallerIdentity&Version=2011-06-15"))
        #expect(request.contains("\r\nX-Amz-Security-Token: FwoGZXIvYXdzE\r\n"))
        #expect(request.contains("Credential=AKIAIOSFODNN7EXAMPLE/"))
        #expect(!request.contains("wJalrXUtnFEMI"))
        for code in ["InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken"] {
            #expect(try ask(403, "<Error><Code>\(code)</Code></Error>").0 == "refused", "\(code)")
        }
        #expect(try ask(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>").0 == "unknown")
        #expect(try ask(500, "").0 == "unknown")
    }

    func key() throws -> String {
        var template = Array("/tmp/kist-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { _ = system("rm -rf \(folder)") }
        try #require(system("openssl genpkey -algorithm RSA -out \(folder)/key.pem 2>/dev/null") == 0)
        let stream = try #require(fopen("\(folder)/key.pem", "r"))
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, stream)], as: UTF8.self)
    }

    @Test func aServiceAccountSignsItsAssertion() throws {
        let server = LoopbackServer(status: 200, #"{"access_token":"ya29.x","expires_in":3599}"#)
        let escaped = try key().replacing("\n", with: "\\n").replacing("=", with: "\\u003d")
        let file =
            #"{"type":"service_account","private_key":"\#(escaped)","client_email":"a@p.iam.gserviceaccount.com"}"#
        let answer = try CourierProcess.ask(
            "gcp-service-account", plain: ["token_url": server.url + "/token"], secrets: ["json": file])
        #expect(answer?["status"] == "accepted")
        let request = try #require(server.received.first)
        #expect(request.contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=ey"))
        let refusing = LoopbackServer(status: 400, #"{"error":"invalid_grant"}"#)
        let refused = try CourierProcess.ask(
            "gcp-service-account", plain: ["token_url": refusing.url], secrets: ["json": file])
        #expect(refused?["status"] == "refused")
    }

    @Test(arguments: [
        "{}", #"{"client_email":"a@b","private_key":"no key"}"#, #"{"client_email":7,"private_key":8}"#,
        #"{"client_email":"a@b","private_key":"\x"}"#, #"{"client_email":"a@b","private_key":"\u12"}"#,
        #"{"client_email":"a@b","private_key":"\"#, "[", "",
    ])
    func aFileThatIsNoneIsNoVerdict(file: String) throws {
        let server = LoopbackServer(status: 200)
        let answer = try CourierProcess.ask(
            "gcp-service-account", plain: ["token_url": server.url], secrets: ["json": file])
        #expect(answer?["status"] == "unknown")
        #expect(server.received.isEmpty)
    }

    @Test func aSubjectTokenIsExchanged() throws {
        let server = LoopbackServer(status: 200, #"{"access_token":"ya29.x"}"#)
        let plain = [
            "audience": "//iam.googleapis.com/projects/1/x", "token_url": server.url,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        ]
        let answer = try CourierProcess.ask(
            "gcp-workload-identity", plain: plain, secrets: ["subject_token": "eyJ.a.b+c"])
        #expect(answer?["status"] == "accepted")
        #expect(try #require(server.received.first).hasSuffix("&subject_token=eyJ.a.b%2Bc"))
    }

    @Test func registriesAndClusters() throws {
        func ask(
            _ platform: String, _ variant: String, _ status: Int, _ body: String, _ plain: [String: String],
            _ secrets: KeyValuePairs<String, String>, url: String
        ) throws -> (JSONValue?, String) {
            let server = LoopbackServer(status: status, body)
            let answer = try CourierProcess.ask(
                platform, variant: variant, plain: plain.merging([url: server.url]) { $1 }, secrets: secrets)
            return (answer?["status"], server.received.first ?? "")
        }
        let cargo = try ask(
            "cargo-registry", "crates-io", 403, #"{"errors":[{"detail":"authentication failed"}]}"#, [:],
            ["token": "cio-token"], url: "api")
        #expect(cargo.0 == "refused")
        #expect(cargo.1.contains("\r\nAuthorization: cio-token\r\n"))
        let hub = try ask(
            "docker-registry", "docker-hub", 200, #"{"access_token":"x"}"#, ["username": "ada"],
            ["password": "dckr_pat"], url: "url")
        #expect(hub.0 == "accepted")
        #expect(hub.1.hasSuffix(#"{"identifier":"ada","secret":"dckr_pat"}"#))
        let other = try ask(
            "docker-registry", "registry", 401, #"{"errors":[{"code":"UNAUTHORIZED"}]}"#, ["username": "ada"],
            ["password": "x"], url: "url")
        #expect(other.0 == "unknown")
        let cluster = try ask(
            "kubernetes", "token", 200, #"{"kind":"APIVersions"}"#, [:], ["token": "ey.k8s"], url: "server")
        #expect(cluster.0 == "accepted")
        #expect(cluster.1.hasPrefix("GET /api ") && cluster.1.contains("\r\nAuthorization: Bearer ey.k8s\r\n"))
        #expect(
            try ask(
                "kubernetes", "token", 403, #"{"message":"User \"system:anonymous\" cannot get"}"#, [:],
                ["token": "ey.k8s"], url: "server"
            ).0 == "unknown")
    }
}
