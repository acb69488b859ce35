import KistPlatforms
import Testing

@testable import KistCLI

@Suite struct ImportPlanTests {
    private func plan(_ variables: [String]) throws -> ImportPlan {
        let catalog = PlatformCatalog(userFolder: nil)
        let platforms = try catalog.names().map { try catalog.load($0.name) }
        return ImportPlan.make(variables, platforms: platforms, rest: "env")
    }

    @Test func knownVariablesBecomeTheirCredentials() throws {
        let plan = try plan(["DATABASE_URL", "KUMO_API_KEY", "KASKADA_CLIENT_ID", "KASKADA_CLIENT_SECRET", "KUMO_URL"])
        let found = Dictionary(uniqueKeysWithValues: plan.items.map { ($0.name, $0.fields.map(\.name).sorted()) })
        #expect(found["kumo"] == ["api_key", "url"])
        #expect(found["kaskada"] == ["client_id", "client_secret"])
        #expect(found["env"] == ["DATABASE_URL"])
    }

    @Test func halfAPairStaysWithTheRest() throws {
        let plan = try plan(["KASKADA_CLIENT_ID"])
        #expect(plan.items.map(\.platform) == ["fields"])
        #expect(plan.items.first?.fields.allSatisfy(\.isSecret) == true)
    }

    @Test func whatIsLeftOutIsInNoCredential() throws {
        let platforms = [try PlatformCatalog(userFolder: nil).load("kumo")]
        let plan = ImportPlan.make(
            ["KUMO_API_KEY", "LD_PRELOAD", "A"], platforms: platforms, rest: "env", leftOut: [1])
        #expect(plan.items.flatMap { $0.fields.map(\.index) }.sorted() == [0, 2])
    }
}
