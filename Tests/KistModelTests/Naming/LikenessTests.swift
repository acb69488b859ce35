import KistModel
import Testing

@Suite struct LikenessTests {
    private let known = ["kumo", "kumorfm", "snowflake", "kaskada", "db", "prod-db", "openai"]

    @Test(arguments: [
        ("kuom", ["kumo"]), ("kum", ["kumo", "kumorfm"]), ("KUMO", ["kumo", "kumorfm"]), ("snoflake", ["snowflake"]),
        ("snwoflaek", ["snowflake"]), ("kumo-2", ["kumo", "kumorfm"]), ("d", []), ("", []), ("tea", []),
        ("opnai", ["openai"]),
        ("prod", ["prod-db"]), ("dbx", ["db"]),
    ])
    func whatSomebodyMayHaveMeant(name: String, expected: [String]) {
        #expect(Likeness.names(like: name, in: known) == expected)
    }

    @Test func noMoreThanWantedAndNothingEndless() {
        #expect(Likeness.names(like: "kum", in: known, atMost: 1) == ["kumo"])
        #expect(Likeness.names(like: String(repeating: "k", count: 100_000), in: known) == [])
    }
}
