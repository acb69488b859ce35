import KistModel
import KistProviders
import SecretMemory
import Testing

/// Texts in and out of the wire forms, for tests.
enum Wire {
    /// A request with everything in it as text.
    struct Cargo {
        let kind: CargoRequest.Kind
        let index: String
        let registry: String?
        let operation: String?
        let package: String?
        let token: String?
        let loginURL: String?
    }

    static func cargo(_ text: String) throws(ProviderRefusal) -> Cargo {
        let bytes = SecretBytes(copyingExposed: Array(text.utf8))
        let request = try bytes.withBytes { (bytes) throws(ProviderRefusal) in try CargoRequest(bytes) }
        let token: String? =
            switch request.token {
            case .some(let token): token.withBytes { String(decoding: $0, as: UTF8.self) }
            case .none: nil
            }
        return Cargo(
            kind: request.kind, index: request.index, registry: request.registry, operation: request.operation,
            package: request.package, token: token, loginURL: request.loginURL)
    }

    static func line(_ text: String) throws(ProviderRefusal) -> LineRequest {
        let bytes = SecretBytes(copyingExposed: Array(text.utf8))
        return try bytes.withBytes { (bytes) throws(ProviderRefusal) in try LineRequest(bytes) }
    }

    static func text(_ secret: consuming SecretBytes) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    static func secret(_ bytes: [UInt8]) -> SecretBytes { SecretBytes(copyingExposed: bytes) }
}

@Suite struct AddedProtocolTests {
    static let info =
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","#
        + #""spec":{"cluster":{"server":"https://10.0.0.1:6443","certificate-authority-data":"QUJD","config":null},"interactive":true}}"#

    @Test func whatKubectlSays() throws {
        let request = try KubectlRequest(Self.info)
        #expect(request.version == "client.authentication.k8s.io/v1")
        #expect(request.server == "https://10.0.0.1:6443" && request.isInteractive)
        for usual in ["\"insecure-skip-tls-verify\":false", "\"proxy-url\":\"\"", "\"proxy-url\":null"] {
            #expect(try KubectlRequest(Self.info.replacing("\"config\":null", with: usual)).server != nil)
        }
        let bare = try KubectlRequest(
            #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"interactive":false}}"#
        )
        #expect(bare.server == nil && !bare.isInteractive)
        for wrong in [
            "", "{}", #"{"kind":"Pod","apiVersion":"client.authentication.k8s.io/v1"}"#,
            Self.info.replacing("/v1", with: "/v1alpha1"), Self.info + "x",
            Self.info.replacing("\"config\":null", with: "\"insecure-skip-tls-verify\":true"),
            Self.info.replacing("\"config\":null", with: "\"insecure-skip-tls-verify\":\"true\""),
            Self.info.replacing("\"config\":null", with: "\"insecure-skip-tls-verify\":{}"),
            Self.info.replacing("\"config\":null", with: "\"proxy-url\":\"http://evil.example:3128\""),
            Self.info.replacing("\"config\":null", with: "\"proxy-url\":[\"http://evil.example\"]"),
        ] { #expect(throws: ProviderRefusal.self, "\(wrong)") { try KubectlRequest(wrong) } }
    }

    @Test func whatKubectlIsTold() throws {
        let version = KubectlRequest.versions[0]
        #expect(
            Wire.text(
                try KubectlAnswer(version: version, expiration: "2027-01-01T00:00:00Z").token(
                    Wire.secret(Array("t".utf8))))
                == #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":"#
                + #"{"expirationTimestamp":"2027-01-01T00:00:00Z","token":"t"}}"# + "\n")
        let pem = Array("-----BEGIN X-----\nAA\r\n-----END X-----\n".utf8)
        #expect(
            Wire.text(
                try KubectlAnswer(version: version, expiration: nil).certificate(
                    Wire.secret(pem), key: Wire.secret(pem))
            ).contains(#""clientKeyData":"-----BEGIN X-----\u000aAA\u000d\u000a-----END X-----\u000a"}}"#))
        #expect(throws: ProviderRefusal.self) {
            _ = try KubectlAnswer(version: version, expiration: nil).certificate(
                Wire.secret(Array("no pem".utf8)), key: Wire.secret(pem))
        }
    }

    @Test func whatGoogleIsTold() throws {
        let token = Wire.secret(Array("e.y.J".utf8))
        #expect(
            Wire.text(try GCPAnswer.token(token, .idToken, expiration: 99))
                == #"{"version":1,"success":true,"token_type":"urn:ietf:params:oauth:token-type:id_token","#
                + #""expiration_time":99,"id_token":"e.y.J"}"# + "\n")
        #expect(Wire.text(try GCPAnswer.token(token, .saml2, expiration: nil)).contains(#""saml_response":"e.y.J""#))
        #expect(
            GCPAnswer.failure(code: "4", message: "locked")
                == #"{"version":1,"success":false,"code":"4","message":"locked"}"# + "\n")
    }

    @Test func linesOfRequests() throws {
        let request = try Wire.line(
            #"{"id":7,"credential":"kumo","fields":["api_key","url"],"profile":"prod","reason":"x"}"#)
        #expect(request.id == "7" && request.credential == "kumo" && request.fields == ["api_key", "url"])
        #expect(request.profile == "prod" && request.reason == "x")
        #expect(try Wire.line(#" {"credential":"kumo","id":"a\"b"} "#).id == #""a\"b""#)
        #expect(try Wire.line(#"{"credential":"a","profile":null,"reason":null}"#).profile == nil)
        for wrong in [
            "{}", #"{"credential":1}"#, #"{"credential":"a","more":1}"#, #"{"credential":"a","fields":"b"}"#,
            #"{"credential":"a","fields":[]}"#, #"{"credential":"a","fields":["b","b"]}"#,
            #"{"credential":"a","fields":[1]}"#,
            #"{"credential":"a","fields":{"0":"b"}}"#, #"{"credential":"a","id":1.5}"#,
            #"{"credential":"a","id":true}"#, #"{"credential":"a","profile":1}"#,
            #"{"credential":"a","profile":["b"]}"#,
            #"{"credential":"a","profile":{}}"#, #"{"credential":"a","reason":false}"#,
            #"{"credential":"a","fields":["# + (0..<65).map { "\"f\($0)\"" }.joined(separator: ",") + "]}",
        ] { #expect(throws: ProviderRefusal.self, "\(wrong)") { try Wire.line(wrong) } }
    }

    @Test func linesOfAnswers() throws {
        var overview = Overview(
            profile: .default, name: try CredentialName("a"), platform: "fields", secrets: [try FieldName("k")],
            revision: 3)
        overview.expiry = .at(try #require(Timestamp("2027-01-01T00:00:00Z")))
        var answer = LineAnswer(id: "1", overview)
        try [UInt8]("x\n\"y".utf8).withUnsafeBytes { try answer.field(try FieldName("k"), $0) }
        try ([0xff, 0x00] as [UInt8]).withUnsafeBytes { try answer.field(try FieldName("b"), $0) }
        #expect(
            Wire.text(answer.finish())
                == #"{"id":1,"profile":"default","credential":"a","platform":"fields","revision":3,"#
                + #""expires":"2027-01-01T00:00:00Z","secret":["k"],"fields":{"k":"x\u000a\"y","b":"/wA="},"base64":["b"]}"#
                + "\n")
    }

    /// Every control byte in every field of every protocol, both ways: refused, escaped or not.
    @Test func everyControlByteInEveryFieldIsRefused() throws {
        let controls = Array(UInt8(0)..<0x20) + [0x7f]
        var tried = 0
        func refused(_ what: String, _ body: () throws -> Void) {
            tried += 1
            #expect(throws: (any Error).self, "\(what)") { try body() }
        }
        for byte in controls {
            let escaped = "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            let raw = String(decoding: [byte], as: UTF8.self)
            for written in [escaped, raw] {
                for field in ["kind", "operation", "name", "token", "login-url"] {
                    refused("cargo \(field) \(byte)") {
                        let kind = field == "kind" ? "" : #","kind":"login""#
                        _ = try Wire.cargo(
                            #"{"v":1,"registry":{"index-url":"https://x"}\#(kind),"\#(field)":"a\#(written)b"}"#)
                    }
                }
                for field in ["index-url", "name"] {
                    refused("cargo registry \(field) \(byte)") {
                        let index = field == "name" ? #""index-url":"https://x","# : ""
                        _ = try Wire.cargo(#"{"v":1,"kind":"get","registry":{\#(index)"\#(field)":"a\#(written)b"}}"#)
                    }
                }
                for field in ["kind", "apiVersion"] {
                    refused("kubectl \(field) \(byte)") {
                        _ = try KubectlRequest(
                            Self.info.replacing("\"\(field)\":\"", with: "\"\(field)\":\"\(written)"))
                    }
                }
                refused("kubectl server \(byte)") {
                    _ = try KubectlRequest(Self.info.replacing("10.0.0.1", with: "10.0\(written).0.1"))
                }
                for field in ["credential", "profile", "id", "reason"] {
                    refused("json \(field) \(byte)") {
                        let credential = field == "credential" ? "" : #","credential":"a""#
                        _ = try Wire.line(#"{"\#(field)":"a\#(written)b"\#(credential)}"#)
                    }
                }
                refused("json fields \(byte)") { _ = try Wire.line(#"{"credential":"a","fields":["a\#(written)b"]}"#) }
            }
            let value = Array("a".utf8) + [byte] + Array("b".utf8)
            refused("cargo token \(byte)") { _ = try CargoAnswer.token(Wire.secret(value), expiration: nil) }
            refused("kubectl token \(byte)") {
                _ = try KubectlAnswer(version: KubectlRequest.versions[0], expiration: nil).token(Wire.secret(value))
            }
            refused("kubectl expiration \(byte)") {
                _ = try KubectlAnswer(
                    version: KubectlRequest.versions[0], expiration: String(decoding: value, as: UTF8.self))
            }
            refused("google token \(byte)") { _ = try GCPAnswer.token(Wire.secret(value), .jwt, expiration: nil) }
            // A PEM text has lines, and the JSON lines carry such texts.
            guard ![9, 10, 13].contains(byte) else { continue }
            let pem = Array("-----BEGIN X-----\n".utf8) + value
            refused("kubectl certificate \(byte)") {
                _ = try KubectlAnswer(version: KubectlRequest.versions[0], expiration: nil).certificate(
                    Wire.secret(pem), key: Wire.secret(Array("-----BEGIN X-----\n".utf8)))
            }
            refused("json value \(byte)") {
                let overview = Overview(profile: .default, name: try CredentialName("a"), platform: "fields")
                var answer = LineAnswer(id: nil, overview)
                try value.withUnsafeBytes { try answer.field(try FieldName("k"), $0) }
            }
        }
        #expect(tried == 33 * (2 * 15 + 4) + 30 * 2)
    }

    /// Bytes that no tool sends: an answer or a refusal, and nothing else.
    @Test func anyBytesAreARequestOrARefusal() {
        var random = SystemRandomNumberGenerator()
        let seeds = [
            Self.info, #"{"id":7,"credential":"kumo","fields":["api_key","url"]}"#,
            #"{"v":1,"kind":"get","registry":{"index-url":"https://x","headers":[]},"token":"\ud83d\ude00"}"#,
        ].map { Array($0.utf8) }
        for _ in 0..<20_000 {
            var bytes = seeds.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert("{}[]\",:\\u0\n".utf8.randomElement(using: &random)!, at: place)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            let secret = Wire.secret(bytes)
            secret.withBytes { bytes in
                _ = try? CargoRequest(bytes)
                _ = try? LineRequest(bytes)
                _ = try? KubectlRequest(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
