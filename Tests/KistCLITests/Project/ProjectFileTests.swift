import KistModel
import Testing

@testable import KistCLI

@Suite struct ProjectFileTests {
    @Test func theFormOfTheManual() throws {
        let file = try ProjectFile(
            parsing: """
                profile = "prod"
                use = ["kumo", { name = "kumo-eu", prefix = "EU_" }]
                [env]
                KAFKA_PASSWORD = "kist://kafka/password"
                OTHER = "kist://test/kafka/password"
                """, path: "kist.toml")
        #expect(file.profile?.description == "prod")
        #expect(file.uses.map(\.prefix) == ["", "EU_"])
        #expect(file.variables.map(\.name).sorted() == ["KAFKA_PASSWORD", "OTHER"])
    }

    @Test(arguments: [
        "trust = true", "command = \"rm\"", "vault = \"/tmp/x\"", "[run]\ncommand = \"x\"", "use = \"kumo\"",
        "use = [1]", "use = [\"../etc\"]", "use = [{ name = \"a\", path = \"/x\" }]", "use = [{ prefix = \"X_\" }]",
        "use = [\"a\", \"a\"]", "use = [{ name = \"a\", prefix = \"x=\" }]", "profile = 3", "env = 1",
        "[env]\nA = \"plain\"", "[env]\nA = 3", "use = [", "\u{0}", "= 1", "[env", "a.b.c = {",
    ])
    func whatItCannotSayIsRefused(_ text: String) {
        #expect(throws: Failure.self) { _ = try ProjectFile(parsing: text, path: "kist.toml") }
    }

    @Test func aNewFileReadsBack() throws {
        let file = ProjectFile(
            profile: try ProfileName("prod"),
            uses: [.init(name: try CredentialName("kumo")), .init(name: try CredentialName("eu"), prefix: "EU_")])
        #expect(try ProjectFile(parsing: file.text, path: "x") == file)
    }

    @Test func editingKeepsEverythingElse() throws {
        let text = """
            # ours
            profile = "prod"   # the big one
            use = [
              "kumo", # first ]
              "snowflake",
            ]

            [env]
            use = "kist://a/b"
            """
        let changed = try ProjectEdit.setting([.init(name: try CredentialName("kaskada"))], in: text, path: "x")
        #expect(
            changed.contains("# ours") && changed.contains("# the big one") && changed.contains("use = \"kist://a/b\""))
        #expect(try ProjectFile(parsing: changed, path: "x").uses.map(\.name.description) == ["kaskada"])
    }

    @Test func aFileWithoutAListGetsOne() throws {
        let changed = try ProjectEdit.setting(
            [.init(name: try CredentialName("kumo"))], in: "[env]\nA = \"kist://a/b\"\n", path: "x")
        #expect(try ProjectFile(parsing: changed, path: "x").variables.count == 1)
    }

    /// Such names could fake lines of the question, or make programs run other code; nobody is even asked.
    @Test(arguments: [
        "A\\n  use      kumo", "A = kist://x/y   B", "A\\u001B[2J", "PATH", "LD_PRELOAD", "KIST_TRUST", "",
    ])
    func namesOfVariablesAreCheckedWhileReading(_ name: String) {
        let problem = failure { () throws(Failure) in
            _ = try ProjectFile(parsing: "[env]\n\"\(name)\" = \"kist://a/b\"\n", path: "x")
        }
        #expect(problem?.message.contains("[env]") == true || problem?.message.contains("env.\(name)") == true)
    }

    @Test func theQuestionKeepsToItsLines() throws {
        let file = try ProjectFile(parsing: "use = [\"kumo\"]", path: "x")
        let project = FoundProject(path: "/a\nb\u{1B}/kist.toml", digest: "", text: "", file: file)
        #expect(
            TrustCommandText.describe(project, home: "/home") == "/a\\nb\\x1b/kist.toml asks for:\n  use      kumo")
    }
}
