import ArgumentParser
import Testing

@testable import KistCLI

@Suite struct ArgumentTests {
    private func run(_ words: String) -> FastArguments? {
        FastArguments.parse(words.split(separator: " ").map(String.init))
    }

    @Test func thePlainFormsAreReadWithoutTheParser() throws {
        #expect(run("get kumo") == .get(GlobalOptions(), GetInput(name: "kumo")))
        #expect(run("get kumo url") == .get(GlobalOptions(), GetInput(name: "kumo", field: "url")))
        var globals = GlobalOptions()
        globals.profile = "prod"
        globals.isolated = true
        var input = RunInput()
        input.names = ["a", "b"]
        input.command = ["cmd", "--flag", "--", "x"]
        #expect(run("-p prod run --isolated a b -- cmd --flag -- x") == .run(globals, input))
    }

    @Test(arguments: [
        "get", "get a b c", "get a --json", "run a", "run a --", "run --reason x a -- b", "list", "get --help",
        "--version",
        "get -p", "run", "add kumo", "get --passphrase-fd x a",
    ])
    func everythingElseIsLeftToTheParser(_ words: String) { #expect(run(words) == nil) }

    @Test func bothReadersAgree() throws {
        let words = ["--isolated", "-p", "prod", "a", "b", "--", "cmd", "-x", "--", "y"]
        let parsed = try #require(try KistCommand.parseAsRoot(["run"] + words) as? RunCommand)
        guard case .run(let globals, let input) = FastArguments.parse(["run"] + words) else {
            Issue.record("the fast reader did not take it")
            return
        }
        #expect(try RunCommand.input(parsed) == input)
        #expect(parsed.shared.globals == globals)
    }

    @Test func optionsOfRunStandBeforeTheNames() throws {
        let parsed = try #require(
            try KistCommand.parseAsRoot(["run", "--allow-expired", "--reason", "nightly", "a", "--", "sh", "-c", "x"])
                as? RunCommand)
        let input = try RunCommand.input(parsed)
        #expect(
            input.allowExpired && input.reason == "nightly" && input.names == ["a"]
                && input.command == ["sh", "-c", "x"])
    }

    @Test func optionsMayStandBeforeTheCommand() {
        #expect(GlobalArguments.hoisted(["-p", "prod", "list", "--json"]) == ["list", "-p", "prod", "--json"])
        #expect(
            GlobalArguments.hoisted(["--vault", "f", "profile", "copy", "a", "b"]) == [
                "profile", "copy", "--vault", "f", "a", "b",
            ])
        #expect(GlobalArguments.hoisted(["list"]) == ["list"])
    }

    /// A secret typed where it does not belong is not printed back, with or without a '-' before it.
    @Test(arguments: [
        ["get", "a", "b", "hunter2"], ["list", "hunter2"], ["list", "--expirng=hunter2"], ["hunter2"],
        ["check", "--key", "hunter2"],
        ["unlock", "hunter2"], ["status", "demo:hunter2"], ["list", "--expiring", "a", "hunter2"],
        ["init", "--kdf-memory", "hunter2"],
        ["get", "--passphrase-fd", "hunter2", "x"], ["init", "--kdf-memory=hunter2"],
        ["unlock", "-Zinnia7"], ["add", "kumo", "-Zinnia7"], ["edit", "ok", "-Zinnia7"], ["--hunter2"],
        ["add", "kumo", "--password:hunter2"], ["list", "--json=hunter2"], ["list", "a\nUsage: kist hunter2"],
        ["list", "--x\nhunter2"], ["init", "--kdf-memory", "x' is invalid for '--hunter2"],
        ["init", "--kdf-memory", "1\nhunter2"], ["profile", "hunter2", "x"], ["list", "a", "--", "-hunter2"],
    ])
    func errorsNeverRepeatValues(_ arguments: [String]) {
        do {
            _ = try KistCommand.parseAsRoot(arguments)
            Issue.record("it was understood")
        } catch {
            let shown = ArgumentMistake.failure(KistCommand.fullMessage(for: error), arguments)
            #expect(!"\(shown)".contains("hunter2") && !"\(shown)".contains("innia7"), "\(shown)")
            #expect(!shown.message.isEmpty && !shown.message.contains("\n"))
        }
    }

    @Test func aMistypedOptionIsStillRecognised() {
        let shown = ArgumentMistake.failure(
            "Error: Unknown option '--expirng'\nUsage: kist list\n", ["list", "--expirng=30d"])
        #expect(shown.message == "Unknown option '-…'. Did you mean '--expiring'?")
        #expect(shown.advice == ["Usage: kist list"])
        #expect(ArgumentMistake.known.isSuperset(of: ["-p", "--profile", "--no-check", "--allow-dangerous-names"]))
        #expect(ArgumentMistake.shown("--reason=hunter2") == "--reason" && ArgumentMistake.shown("-hunter2") == "-…")
    }

    @Test func anUnknownOptionOfRunIsNotRepeated() throws {
        for words in [["ok", "-hunter2", "--", "true"], ["ok", "-hunter2"]] {
            let parsed = try #require(try KistCommand.parseAsRoot(["run"] + words) as? RunCommand)
            let problem = failure { () throws(Failure) in _ = try RunCommand.input(parsed) }
            #expect(problem.map { !"\($0)".contains("hunter2") } == true)
        }
    }

    @Test func everyCommandHasAnExample() {
        for command in KistCommand.configuration.groupedSubcommands.flatMap(\.subcommands) {
            let discussion = command.configuration.discussion
            #expect(discussion.contains("Example:  "), "\(command)")
            for inner in command.configuration.subcommands {
                #expect(inner.configuration.discussion.contains("Example:  "), "\(inner)")
            }
        }
    }
}
