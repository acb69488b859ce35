import Glibc
import Testing

@testable import KistClient

/// The variables of this process are changed, each of these tests has names of its own.
@Suite(.serialized) struct EnvironmentSourceTests {
    private static func with(_ variables: [String: String], _ body: () async throws -> Void) async throws {
        for (name, value) in variables { setenv(name, value, 1) }
        defer { for name in variables.keys { unsetenv(name) } }
        try await body()
    }

    @Test func whatKistRunSetsComesBack() async throws {
        try await Self.with(["ENVT_KUMO_API_KEY": "demo:s3cr3t\n", "ENVT_KUMO_URL": "https://demo.kumoai.cloud/api/"]) {
            () async throws in
            let source: some CredentialProvider = .environment(prefix: "ENVT_")
            let kumo = try await source.require("kumo")
            #expect(kumo.secret("api_key")?.reveal() == "demo:s3cr3t")
            #expect(kumo.plain("url") == "https://demo.kumoai.cloud/api")
            #expect(kumo.plain("customer_id") == "demo")
            #expect(kumo.platform == "kumo")
            #expect(try APIKey(kumo).header == "X-API-Key")
        }
    }

    @Test func whatFollowsIsFilledIn() async throws {
        try await Self.with(["ENVU_KUMO_API_KEY": "demo:s3cr3t"]) { () async throws in
            let kumo = try await EnvironmentSource(prefix: "ENVU_").require("kumo")
            #expect(kumo.plain("url") == "https://demo.kumoai.cloud/api")
        }
    }

    @Test func anEmptyOrMissingSecretIsNotHere() async throws {
        try await Self.with(["ENVV_KUMO_API_KEY": "", "ENVV_KUMO_URL": "https://demo.kumoai.cloud/api"]) {
            () async throws in
            let source = EnvironmentSource(prefix: "ENVV_")
            #expect(try await source.credential(for: "kumo") == nil)
            #expect(try await source.credential(for: "kaskada") == nil)
            #expect(try await source.credential(for: "no-such-platform") == nil)
        }
    }

    /// A secret without its other half is a mistake that somebody wants to hear of; so is a value of another form.
    @Test func halfACredentialIsAnError() async throws {
        try await Self.with(["ENVW_KASKADA_CLIENT_SECRET": "canary", "ENVW_KUMO_API_KEY": "canary without a colon"]) {
            () async throws in
            let source = EnvironmentSource(prefix: "ENVW_")
            for (name, place) in [("kaskada", "ENVW_KASKADA_CLIENT_ID"), ("kumo", "ENVW_KUMO_API_KEY")] {
                await #expect {
                    try await source.credential(for: CredentialRequest(name))
                } throws: { error in
                    (error as? CredentialError)?.reason == .invalid && "\(error)".contains(place)
                        && !"\(error)".contains("canary")
                }
            }
        }
    }

    @Test func aRequestForAProfileIsAnsweredForThatProfileOnly() async throws {
        try await Self.with(["ENVX_KUMO_API_KEY": "demo:s3cr3t"]) { () async throws in
            let request = CredentialRequest("kumo", profile: "prod")
            #expect(try await EnvironmentSource(prefix: "ENVX_").credential(for: request) == nil)
            let prod = EnvironmentSource(prefix: "ENVX_", profile: "prod")
            #expect(try await prod.require(request).profile == "prod")
            #expect(try await prod.require("kumo").profile == "prod")
            #expect(try await prod.credential(for: CredentialRequest("kumo", profile: "test")) == nil)
        }
    }

    @Test func variablesOfOnesOwn() async throws {
        try await Self.with(["ENVY_ACCOUNT": "myorg-acc", "ENVY_USER": "ada", "ENVY_PASSWORD": "s3cr3t"]) {
            () async throws in
            let source: some CredentialProvider = .environment(
                ["account": "ENVY_ACCOUNT", "user": "ENVY_USER", "password": "ENVY_PASSWORD"], for: "warehouse",
                platform: "snowflake")
            let found = try SnowflakeCredentials(await source.require("warehouse"))
            #expect(found.account == "myorg-acc")
            #expect(found.url == "https://myorg-acc.snowflakecomputing.com")
            guard case .password(let password) = found.proof else { throw CredentialError(.invalid, source: "", "") }
            #expect(password.reveal() == "s3cr3t")
            #expect(try await source.credential(for: "snowflake") == nil)
        }
    }

    @Test func namesThatFollowTheCredential() async throws {
        try await Self.with(["ENVZ_WEATHER_API_KEY": "s3cr3t"]) { () async throws in
            let source = EnvironmentSource(prefix: "ENVZ_")
            let found = try await source.require(CredentialRequest("weather", platform: "http-api-key"))
            #expect(found.main?.reveal() == "s3cr3t")
        }
    }
}
