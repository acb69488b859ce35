import KistModel
import KistProtocol
import Testing

struct MessageTests {
    @Test(arguments: [
        #"[]"#, #"{}"#, #"{"jsonrpc":"1.0","id":1,"method":"status"}"#, #"{"jsonrpc":"2.0","method":"status"}"#,
        #"{"jsonrpc":"2.0","id":"1","method":"status"}"#, #"{"jsonrpc":"2.0","id":-1,"method":"status"}"#,
        #"{"jsonrpc":"2.0","id":1}"#, #"{"jsonrpc":"2.0","id":1,"method":"status","params":[]}"#,
        #"{"jsonrpc":"2.0","id":1,"method":"status","extra":1}"#,
    ])
    func requestsOfAnotherShape(_ text: String) throws {
        let json = try JSONParser.parse(Array(text.utf8))
        #expect(throws: ShapeError.self) { try Request(json: json) }
    }

    @Test func missingParametersAreEmptyOnes() throws {
        let json = try JSONParser.parse(Array(#"{"jsonrpc":"2.0","id":1,"method":"status"}"#.utf8))
        #expect(try Request(json: json).params == .empty)
    }

    @Test func codesAreInTheOrderOfTheKinds() {
        #expect(AgentFailure(.wrongKey, "").code == -32_000)
        #expect(AgentFailure(.locked, "").code == -32_001)
        #expect(
            Set(AgentFailure.Kind.allCases.map { AgentFailure($0, "").code }).count == AgentFailure.Kind.allCases.count)
    }

    @Test(arguments: [
        ("/etc/passwd", false), ("../x", false), ("a/../b", false), ("a/b/c", false), ("", false), ("a/", false),
        ("a//b", false), (".", false), ("a b", false), ("a\u{0}b", false), ("connections.toml", true),
        (".snow/x", true),
    ])
    func pathsOfPrivateFiles(_ path: String, _ isAllowed: Bool) { #expect(FolderRequest.isAllowed(path) == isAllowed) }

    @Test func plainFieldsKeepTheirOrder() throws {
        let text =
            #"{"profile":"p","name":"n","platform":"x","plain":{"a":"1","b":"2"},"order":["b","a"],"secrets":[]}"#
        let item = try PutItem(json: try JSONParser.parse(Array(text.utf8)))
        #expect(item.plain.map(\.name.description) == ["b", "a"])
        for order in [#"["a"]"#, #"["a","c"]"#, #"["a","a"]"#, #"["a","b","c"]"#] {
            let wrong = text.replacing(#"["b","a"]"#, with: order)
            #expect(throws: ShapeError.self) { try PutItem(json: try JSONParser.parse(Array(wrong.utf8))) }
        }
    }

    @Test func oneFieldCannotBePlainAndSecret() throws {
        let text = #"{"profile":"p","name":"n","platform":"x","plain":{"a":"1"},"order":["a"],"secrets":["a"]}"#
        #expect(throws: ShapeError.self) { try PutItem(json: try JSONParser.parse(Array(text.utf8))) }
    }

    @Test func lockFilesOfOtherFormsSayNothing() {
        #expect(Rendezvous(bytes: []) == nil)
        #expect(Rendezvous(bytes: Array("{}".utf8)) == nil)
        #expect(Rendezvous(bytes: Array(repeating: 0x20, count: 5_000)) == nil)
    }

    @Test func tagsAreFNV1a() {
        // Reference values of FNV-1a 64 for "" and "foobar".
        #expect(AgentPlace.tag(ofVault: "") == "cbf29ce484222325")
        #expect(AgentPlace.tag(ofVault: "foobar") == "85944171f73967e8")
    }
}
