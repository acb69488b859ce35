import KistModel
import Testing

@testable import KistCLI

@Suite struct OnePasswordMapTests {
    private func map(_ entries: [(String, String)]) throws -> OnePasswordMap {
        var map = OnePasswordMap()
        for (from, to) in entries { try map.add(from, to, path: "kist.toml") }
        return map
    }

    @Test func theLongestEntryCountsAndCapitalsDoNot() throws {
        let map = try map([("Private/Kumo", "prod/kumo"), ("private/kumo/x/Token", "kist://kumo/api_key")])
        let whole = map.target(of: try OnePasswordReference(parsing: "op://PRIVATE/Kumo/X/token"))
        #expect(whole?.description == "kist://kumo/api_key")
        let item = map.target(of: try OnePasswordReference(parsing: "op://private/KUMO/password"))
        #expect(item?.description == "prod/kumo")
        #expect(map.target(of: try OnePasswordReference(parsing: "op://other/kumo/password")) == nil)
    }

    @Test func brokenReferencesAreRefused() {
        for text in [
            "op://", "op://a", "op://a/b", "op://a//c", "op://a/b/c/d/e", "op://a/b/c?attribute=type", "op://$V/b/c",
            "kist://a/b",
        ] {
            #expect(throws: Failure.self, "\(text)") { try OnePasswordReference(parsing: text) }
        }
    }

    @Test func brokenEntriesAreRefused() {
        for (from, to) in [
            ("a", "kumo"), ("a//b", "kumo"), ("a/b/c/d/e", "kumo"), ("a/b", ""), ("a/b", "x/y/z"), ("a/b", "kist://x"),
        ] {
            #expect(throws: Failure.self, "\(from) \(to)") { try map([(from, to)]) }
        }
        #expect(throws: Failure.self) { try map([("a/b", "x"), ("A/B", "y")]) }
    }

    @Test func aProjectFileCarriesIt() throws {
        let text = "use = [\"kumo\"]\n[op]\n\"Private/Kumo\" = \"kumo\"\n"
        let file = try ProjectFile(parsing: text, path: "kist.toml")
        #expect(file.map.entries.map(\.from) == ["Private/Kumo"])
        #expect(try ProjectFile(parsing: file.text, path: "kist.toml") == file)
    }
}
