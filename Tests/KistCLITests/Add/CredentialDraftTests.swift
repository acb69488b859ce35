import KistModel
import KistPlatforms
import SecretMemory
import Testing

@testable import KistCLI

@Suite struct CredentialDraftTests {
    private func draft(_ platform: String, variant: String? = nil) throws -> CredentialDraft {
        CredentialDraft(platform: try PlatformCatalog(userFolder: nil).load(platform), variant: variant)
    }

    private func bytes(_ text: String) -> SecretBytes { SecretBytes(copyingExposed: Array(text.utf8)) }

    @Test(arguments: [
        "api_key=demo:hunter2", "demo:hunter2", "hunter2=", "hunter2", "api-key=hunter2", "=hunter2",
        "KUMO_API_KEY=hunter2",
    ])
    func aSecretAsAnArgumentIsRefusedAndNotRepeated(_ word: String) throws {
        var draft = try draft("kumo")
        let problem = failure { () throws(Failure) in try draft.take(word: word, command: "kist add kumo") }
        #expect(problem?.code == ExitCode.usage)
        #expect(problem.map { !"\($0)".contains("hunter2") } == true)
        #expect(problem?.advice.contains { $0.contains("history") } == true)
    }

    @Test func aFreeFieldThatSoundsSecretIsTakenForOne() throws {
        var draft = try draft("fields")
        #expect(failure { () throws(Failure) in try draft.take(word: "db_password=hunter2", command: "c") } != nil)
        #expect(failure { () throws(Failure) in try draft.take(word: "user=bob", command: "c") } == nil)
    }

    @Test func aFieldGivenTwiceIsRefused() throws {
        var draft = try draft("kumo")
        try draft.take("api_key", bytes("demo:x"))
        #expect(failure { () throws(Failure) in try draft.take("api_key", bytes("demo:y")) } != nil)
        try draft.take(word: "url=https://a.example/api", command: "c")
        #expect(
            failure { () throws(Failure) in try draft.take(word: "url=https://b.example/api", command: "c") } != nil)
    }

    @Test func aLineEndIsLeftOutWithANote() throws {
        var draft = try draft("kumo")
        try draft.takeInput(bytes("demo:x\n"), field: nil)
        draft.secrets.withValue("api_key") { #expect($0.elementsEqual("demo:x".utf8)) }
        #expect(draft.notes.count == 1)
    }

    @Test func anEmptySecretIsRefused() throws {
        var draft = try draft("kumo")
        #expect(failure { () throws(Failure) in try draft.take("api_key", bytes("\n")) } != nil)
        #expect(failure { () throws(Failure) in try draft.takeInput(bytes("  \n"), field: nil) } != nil)
    }

    @Test func aKumoKeyWithoutAColonAsksForTheOtherKind() throws {
        var draft = try draft("kumo")
        try draft.take("api_key", bytes("hunter2"))
        let problem = failure { () throws(Failure) in _ = try Completing.complete(draft) }
        #expect(problem?.advice.contains { $0.contains("kumo-rfm") } == true)
        #expect(problem.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test func anObjectFillsPlainAndSecretFields() throws {
        var draft = try draft("kaskada")
        try draft.takeInput(bytes(#"{"client_id":"c-1","client_secret":"s"}"#), field: nil)
        #expect(draft.plain["client_id"] == "c-1")
        #expect(draft.secrets.names.map(\.description) == ["client_secret"])
        #expect(failure { () throws(Failure) in try draft.takeInput(bytes(#"{"wrong":"s"}"#), field: nil) } != nil)
    }

    @Test func secretFieldsKeepTheirOrderWhenOneIsReplaced() throws {
        var fields = SecretFields()
        for (name, value) in [("a", "1"), ("b", "22"), ("c", "333")] { fields.set(try Read.field(name), bytes(value)) }
        fields.set(try Read.field("b"), bytes("9999"))
        let order = [try Read.field("c"), try Read.field("b"), try Read.field("a")]
        let segments = fields.segments(in: order)
        #expect(segments.lengths == [3, 4, 1])
        #expect(segments.bytes.withBytes { $0.elementsEqual("33399991".utf8) })
    }

    @Test(arguments: ["hunter2=x", "api_key=hunter2", "hunter2"])
    func optionsOfFieldsAreNotRepeated(_ word: String) throws {
        for platform in ["kumo", "fields"] {
            var draft = try draft(platform)
            let problems = [
                failure { () throws(Failure) in try draft.take(file: word) },
                failure { () throws(Failure) in try draft.take(variable: word) },
            ]
            for problem in problems { #expect(problem.map { !"\($0)".contains("hunter2") } == true) }
        }
    }

    @Test(arguments: ["x\n", "x\r\n"]) func aFreeFieldLosesItsLineEndToo(_ text: String) throws {
        var draft = try draft("fields")
        try draft.take("token", bytes(text))
        draft.secrets.withValue("token") { #expect($0.elementsEqual("x".utf8)) }
    }

    @Test func aValueThatOnlyLooksLikeAnObjectGetsAWay() throws {
        var draft = try draft("http-api-key")
        let problem = failure { () throws(Failure) in try draft.takeInput(bytes("{hunter2"), field: nil) }
        #expect(problem?.advice.contains { $0.hasSuffix("--file key=-") } == true)
        #expect(problem.map { !"\($0)".contains("hunter2") } == true)
    }
}
