import Testing

@testable import KistClient

@Suite struct HeadersTests {
    private static let kumo = Credential(
        "kumo",
        fields: [
            .plain("customer_id", "demo"), .plain("url", "https://demo.kumoai.cloud/api"),
            .secret("api_key", "demo:s3cr3t"),
        ])

    private static func refused(_ credential: Credential, _ url: String) -> CredentialError.Reason? {
        do throws(CredentialError) {
            _ = try credential.headers(for: url)
            return nil
        } catch { return error.reason }
    }

    @Test func eachPlatformHasItsOwnHeader() throws {
        let cases: [(Credential, String, String, String)] = [
            (Self.kumo, "https://demo.kumoai.cloud/api/v1/connectors?x=1", "X-API-Key", "demo:s3cr3t"),
            (
                Credential(
                    "cml", platform: "cloudera-ml", fields: [.plain("domain", "ml.example"), .secret("api_key", "k")]),
                "https://ml.example/api/v2/projects", "Authorization", "Bearer k"
            ),
            (
                Credential(
                    "old", platform: "cloudera-ml-legacy",
                    fields: [.plain("domain", "ml.example"), .plain("username", "ada"), .secret("legacy_key", "k")]),
                "https://ml.example/api/v1/users/ada", "Authorization", "Basic azo="
            ),
            (
                Credential(
                    "weather", platform: "http-api-key",
                    fields: [
                        .plain("url", "https://weather.example/v1"), .plain("header", "X-Key"),
                        .plain("prefix", "Token"),
                        .secret("key", "k"),
                    ]), "https://weather.example/v2", "X-Key", "Token k"
            ),
            (
                Credential(
                    "repo", platform: "login",
                    fields: [
                        .plain("username", "ada"), .plain("url", "https://repo.example"), .secret("password", "p"),
                    ]),
                "https://repo.example/x", "Authorization", "Basic YWRhOnA="
            ),
            (
                Credential("epigos", fields: [.plain("scope", "project"), .secret("api_key", "k")]),
                "https://api.epigos.ai/projects/1/", "X-Api-Key", "k"
            ),
        ]
        for (credential, url, name, value) in cases {
            let secret = try credential.headers(for: url).filter(\.isSecret)
            #expect(secret.map(\.name) == [name], "\(credential)")
            #expect(secret.map { $0.value.reveal() } == [value], "\(credential)")
        }
    }

    /// The key goes to its own hosts over TLS, or to this machine, and nowhere else.
    @Test func nothingIsSentToAnotherHost() {
        for url in [
            "https://evil.example/", "https://demo.kumoai.cloud.evil.example/", "https://evildemo.kumoai.cloud/",
            "https://other.kumoai.cloud/api", "https://demo.kumoai.cloud:8443/api", "http://demo.kumoai.cloud/api",
            "https://kumoai.cloud/", "http://127.0.0.1/api", "https://127.0.0.1/",
        ] { #expect(Self.refused(Self.kumo, url) == .refused, "\(url)") }
        for url in [
            "https://demo.kumoai.cloud@evil.example/", "https://evil.example\\@demo.kumoai.cloud/",
            "//demo.kumoai.cloud/",
            "https://demo.kumoai.cloud#@evil.example/", "ftp://demo.kumoai.cloud/", "",
            "https://demo.kumoai.cloud\r\nX: y/",
        ] { #expect(Self.refused(Self.kumo, url) == .invalid, "\(url)") }
        for url in ["https://demo.kumoai.cloud/api", "https://DEMO.kumoai.cloud:443/api?x=1"] {
            #expect(Self.refused(Self.kumo, url) == nil, "\(url)")
        }
        let here = Credential(
            "kumo", fields: [.plain("url", "http://127.0.0.1:8080/api"), .secret("api_key", "demo:x")])
        #expect(Self.refused(here, "http://127.0.0.1:8080/api/v1") == nil)
        #expect(Self.refused(here, "http://127.0.0.1:8081/api/v1") == .refused)
    }

    @Test func aValueThatIsNoHeaderIsRefused() {
        for value in ["demo:a\r\nX-Evil: 1", "demo:a\u{0}", "demo:ü", "demo:a\nb"] {
            let bent = Credential(
                "kumo", fields: [.plain("url", "https://demo.kumoai.cloud/api"), .secret("api_key", value)])
            #expect(Self.refused(bent, "https://demo.kumoai.cloud/api") == .invalid)
        }
    }

    /// A client secret is for the token endpoint alone.
    @Test func whatBuysTokensIsNoHeader() {
        let kaskada = Credential("kaskada", fields: [.plain("client_id", "a"), .secret("client_secret", "b")])
        #expect(Self.refused(kaskada, "https://prod-kaskada.us.auth0.com/oauth/token") == .invalid)
        let client = Credential(
            "idp", platform: "oauth2-client-credentials",
            fields: [
                .plain("token_url", "https://idp.example/token"), .plain("client_id", "a"), .plain("style", "basic"),
                .secret("client_secret", "b"),
            ])
        #expect(Self.refused(client, "https://idp.example/token") == .invalid)
        #expect(
            Self.refused(Credential("own", platform: "fields", fields: [.secret("a", "b")]), "https://a.example/")
                == .refused)
    }

    @Test func viewsAreWhatTheirCredentialHolds() throws {
        let key = try APIKey(Self.kumo)
        #expect(key.header == "X-API-Key")
        #expect(key.prefix == "")
        #expect(key.headerValue() == "demo:s3cr3t")
        #expect(key.customerID == "demo")
        #expect(throws: CredentialError.self) { try Login(Self.kumo) }
        #expect(throws: CredentialError.self) { try ClientCredentials(Self.kumo) }
        #expect(throws: CredentialError.self) { try SnowflakeCredentials(Self.kumo) }
        #expect(throws: CredentialError.self) { try CloudKeys(Self.kumo) }
        #expect(throws: CredentialError.self) { try APIKey(Credential("x", fields: [])) }
        let keys = try CloudKeys(
            Credential("aws", fields: [.plain("access_key_id", "AKIA"), .secret("secret_access_key", "s")]))
        #expect(keys.accessKeyID == "AKIA")
        #expect(keys.sessionToken == nil)
    }
}
