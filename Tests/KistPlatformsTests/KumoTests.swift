import KistPlatforms
import Testing

/// The commonest first contact: a key, and what follows from it.
@Suite struct KumoTests {
    let kumo: Platform

    init() throws { kumo = try PlatformCatalog(userFolder: nil).load("kumo") }

    func complete(_ key: String, _ given: [String: String] = [:]) -> Completion {
        kumo.complete(variant: nil, given: given, secrets: ["api_key"], secret: secrets(["api_key": key]))
    }

    @Test func customerAndURLFollowFromTheKey() {
        let result = complete("demo:qBX-J36iE8mL0o779j-U")
        #expect(result.faults.isEmpty)
        #expect(result.plain == ["customer_id": "demo", "url": "https://demo.kumoai.cloud/api"])
        #expect(result.order == ["customer_id", "url"])
        #expect(result.derived.map(\.title) == ["customer id", "url"])
    }

    @Test func aGivenURLWinsAndIsMended() {
        for typed in ["https://eu.kumoai.cloud/api/", "eu.kumoai.cloud/api", " HTTPS://EU.kumoai.cloud/api\n"] {
            #expect(complete("demo:x", ["url": typed]).plain["url"] == "https://eu.kumoai.cloud/api", "\(typed)")
        }
    }

    @Test func plainHTTPOnlyOnThisMachine() {
        #expect(complete("demo:x", ["url": "http://127.0.0.1:8080/api"]).faults.isEmpty)
        let faults = complete("demo:x", ["url": "http://demo.kumoai.cloud/api"]).faults
        #expect(faults.map(\.finding) == [.wrongForm(.url)])
    }

    @Test func aKeyWithoutColonMayBeAnotherPlatforms() throws {
        let faults = complete("3fa85f64-whole-key").faults
        let fault = try #require(faults.first { $0.field == "api_key" })
        #expect(fault.finding == .wrongForm(.customerSecret))
        #expect(try #require(fault.hint).contains("kist add kumo-rfm"))
        #expect(!fault.description.contains("3fa85f64"))
    }

    /// A customer id that cannot stand in a host name must not end up in one: it could name another host.
    @Test(arguments: ["evil.example/x", "a b", "a@b", "-a", "a/", "über"])
    func aStrangeCustomerIDDoesNotMakeAHost(id: String) {
        let result = complete("\(id):secret")
        #expect(result.plain["url"] == nil)
        #expect(result.faults.contains { $0.field == "url" && $0.finding == .missing })
    }

    @Test func bothVariablesOnlyForVersionsThatSurviveThem() {
        let plain = ["customer_id": "demo", "url": "https://demo.kumoai.cloud/api"]
        func plan(_ version: String?) -> EnvironmentPlan {
            kumo.plan(credential: "kumo", variant: nil, plain: plain, secrets: ["api_key"], version: { _ in version })
        }
        #expect(kumo.packages == ["kumoai"])
        for fixed in ["1.4.1", "2.8.1", "2.10", "2.10.3"] {
            #expect(plan(fixed).set.map(\.name) == ["KUMO_API_KEY", "KUMO_URL", "KUMO_API_ENDPOINT"], "\(fixed)")
            #expect(plan(fixed).unset == [])
            #expect(plan(fixed).notices.isEmpty)
        }
        for broken in ["2.11.0", "2.16.3", "2.22.0", nil] {
            #expect(plan(broken).set.map(\.name) == ["KUMO_API_KEY", "KUMO_URL"], "\(broken ?? "-")")
            // An inherited one would break the import just as well.
            #expect(plan(broken).unset == ["KUMO_API_ENDPOINT"])
            #expect(plan(broken).notices.map(\.version) == [broken])
        }
        #expect(plan(nil).set.map(\.isSecret) == [true, false])
    }

    @Test func theCheckSendsTheKeyInItsHeaderOnly() throws {
        guard case .call(let call) = kumo.check(variant: nil, plain: ["url": "https://h/api"], secrets: ["api_key"])
        else { throw Unexpected() }
        #expect(call.url.text(name: "", plain: ["url": "https://h/api"]) == "https://h/api/v1/connectors")
        #expect(call.headers.map { $0.name.text(name: "", plain: [:]) } == ["X-API-Key"])
        #expect(call.headers[0].value.fields == ["api_key"])
        #expect(call.url.fields == ["url"])
    }

    @Test func aFreeFieldIsALineOfText() throws {
        let fields = try PlatformCatalog(userFolder: nil).load("fields")
        let result = fields.complete(
            variant: nil, given: ["host": "h", "bad": "a\u{1b}[2J"], secrets: ["token"], secret: secrets(["token": "t"])
        )
        #expect(result.plain == ["host": "h"])
        #expect(result.faults.map(\.finding) == [.controlCharacter])
        let plan = fields.plan(credential: "my-kafka", variant: nil, plain: result.plain, secrets: ["token"])
        #expect(plan.set.map(\.name) == ["MY_KAFKA_HOST", "MY_KAFKA_TOKEN"])
    }

    @Test func snowparkTakesNoKeyAlong() throws {
        let platform = try PlatformCatalog(userFolder: nil).load("kumo-snowpark")
        let plan = platform.plan(
            credential: "kumo-snowpark", variant: "password",
            plain: ["url": "https://d/api", "user": "u", "account": "a"], secrets: ["password"])
        #expect(plan.set.map(\.name) == ["KUMO_URL", "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PASSWORD"])
        #expect(Set(plan.unset).isSuperset(of: ["KUMO_API_KEY", "KUMO_API_ENDPOINT", "SNOWFLAKE_PRIVATE_KEY"]))
    }
}

struct Unexpected: Error {}

/// Test values in the shape in which secrets are given.
func secrets(_ values: [String: String]) -> FieldBytes {
    { field, use in
        guard var value = values[field] else { return false }
        value.withUTF8 { use(UnsafeRawBufferPointer($0)) }
        return true
    }
}
