import KistTestKit
import Testing

@testable import KistClient

@Suite struct SecretTests {
    private static let value = "demo:canary-3f9a17"

    private static func credential() -> Credential {
        Credential(
            "kumo", expires: Moment("2027-02-19T00:31:09Z"),
            fields: [.plain("url", "https://demo.kumoai.cloud/api"), .secret("api_key", value)])
    }

    /// Everything that turns a value into text without being asked for the secret.
    @Test func nothingThatPrintsShowsASecret() throws {
        let credential = Self.credential()
        let secret = try #require(credential.secret("api_key"))
        let views: [Any] = [
            credential, secret, credential.fields, credential.fields[1], credential.fields[1].value,
            try APIKey(credential), Optional(secret) as Any, ["key": secret],
            try Login(Credential("x", fields: [.plain("username", "ada"), .secret("password", Self.value)])),
            CredentialError(.locked, source: "agent", "the vault is locked"),
            Result<Credential, CredentialError>.success(credential),
        ]
        for view in views {
            var dumped = ""
            dump(view, to: &dumped)
            for text in ["\(view)", String(describing: view), String(reflecting: view), dumped] {
                #expect(!text.contains("canary"), "\(type(of: view))")
            }
        }
        var positive = ""
        dump(["key": Self.value], to: &positive)
        #expect(positive.contains("canary"))
    }

    @Test func whatIsNotSecretShows() {
        #expect("\(Self.credential())" == "kumo (kumo): url, api_key")
        #expect("\(Self.credential().fields[0])" == "url=https://demo.kumoai.cloud/api")
        #expect("\(Self.credential().fields[1])" == "api_key=<secret>")
    }

    @Test func bytesComeBackExactly() {
        let odd: [UInt8] = [0, 0xFF, 10, 13, 0]
        let secret = Secret(copying: odd)
        #expect(secret.count == 5)
        #expect(secret.withBytes { Array($0) } == odd)
        #expect(secret.reveal() == nil)
        #expect(Secret(copying: "ünï").reveal() == "ünï")
    }

    @Test func theMainSecretIsThePlatforms() {
        #expect(Self.credential().main?.reveal() == Self.value)
        let own = Credential("own", fields: [.plain("a", "1"), .secret("b", "2")])
        #expect(own.main?.reveal() == "2")
        let two = Credential("own", fields: [.secret("a", "1"), .secret("b", "2")])
        #expect(two.main == nil)
    }
}
