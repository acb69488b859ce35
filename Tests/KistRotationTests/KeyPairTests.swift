import Glibc
import KistProtocol
import KistTestKit
import Testing

/// A Snowflake key pair is shown as a signed token; `openssl` says whether the signature is the key's.
@Suite struct KeyPairTests {
    let folder: String

    init() throws {
        folder = TemporaryFolder.kept()
        try shell(
            "openssl genpkey -quiet -algorithm RSA -out key.pem 2>&1 || openssl genpkey -algorithm RSA -out key.pem 2>&1"
        )
        try shell("openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -passout pass:'open it' -out sealed.pem")
        try shell("openssl pkey -in key.pem -pubout -out key.pub")
        try shell("openssl pkey -pubin -in key.pub -outform DER | openssl dgst -sha256 -binary | base64 > fingerprint")
        try shell("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem 2>&1")
    }

    func shell(_ command: String) throws {
        try #require(system("cd \(folder) && { \(command); } >/dev/null") == 0, "\(command)")
    }

    func file(_ name: String) throws -> String {
        let stream = try #require(fopen("\(folder)/\(name)", "r"))
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, stream)], as: UTF8.self)
    }

    func ask(_ server: LoopbackServer, key: String, passphrase: String? = nil) throws -> JSONValue? {
        let plain = ["account": "my_org-acct.eu-west-1", "user": "alice", "url": server.url]
        guard let passphrase else {
            return try CourierProcess.ask("snowflake", variant: "key-pair", plain: plain, secrets: ["private_key": key])
        }
        return try CourierProcess.ask(
            "snowflake", variant: "key-pair", plain: plain,
            secrets: ["private_key": key, "private_key_passphrase": passphrase])
    }

    @Test(arguments: [("key.pem", nil), ("sealed.pem", "open it")] as [(String, String?)])
    func theTokenIsSignedByTheKey(name: String, passphrase: String?) throws {
        let server = LoopbackServer(status: 200, #"{"data":[["1"]]}"#)
        #expect(try ask(server, key: try file(name), passphrase: passphrase)?["status"] == "accepted")
        let request = try #require(server.received.first)
        #expect(request.hasPrefix("POST /api/v2/statements "))
        #expect(request.contains("\r\nX-Snowflake-Authorization-Token-Type: KEYPAIR_JWT\r\n"))
        #expect(!request.contains("PRIVATE KEY"))
        let start = try #require(request.firstRange(of: "Authorization: Bearer ")).upperBound
        let parts = request[start...].prefix { $0 != "\r\n" }.split(separator: ".")
        try #require(parts.count == 3)
        let claims = try JSONParser.parse(Array(try decode(String(parts[1])).utf8))
        let fingerprint = try file("fingerprint").split(separator: "\n")[0]
        #expect(claims["sub"] == "MY_ORG-ACCT.ALICE")
        #expect(claims["iss"] == .string("MY_ORG-ACCT.ALICE.SHA256:\(fingerprint)"))
        let (issued, expires) = (try #require(claims["iat"]?.integer), try #require(claims["exp"]?.integer))
        #expect(expires == issued + 60 && abs(issued - Int64(time(nil))) < 60)
        #expect(try decode(String(parts[0])) == #"{"alg":"RS256","typ":"JWT"}"#)
        try shell("printf %s '\(parts[0]).\(parts[1])' > text && \(base64(String(parts[2]))) > signature")
        try shell("openssl dgst -sha256 -verify key.pub -signature signature text")
    }

    @Test func aKeyThatCannotSignIsNotSent() throws {
        let server = LoopbackServer(status: 200)
        let sealed = try file("sealed.pem")
        for (key, passphrase) in [(sealed, "wrong"), (sealed, nil), (try file("ec.pem"), nil)] as [(String, String?)] {
            let answer = try ask(server, key: key, passphrase: passphrase)
            #expect(answer?["status"] == "unknown")
            #expect(answer?["why"]?.string?.contains("private key") == true)
        }
        #expect(server.received.isEmpty)
    }

    /// The command that turns base64url into bytes.
    func base64(_ text: String) -> String {
        let padded = text + String(repeating: "=", count: (4 - text.count % 4) % 4)
        return "printf %s '\(padded)' | tr -- '-_' '+/' | base64 -d"
    }

    func decode(_ text: String) throws -> String {
        try shell("\(base64(text)) > decoded")
        return try file("decoded")
    }
}
