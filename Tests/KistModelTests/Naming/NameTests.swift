import KistModel
import Testing

@Suite("Names")
struct NameTests {
    @Test(
        "ordinary names are taken as they are", arguments: ["kumo", "churn-cml", "a", "9lives", "A.b_c-d", "api_key"])
    func taken(_ text: String) throws {
        #expect(try CredentialName(text).description == text)
        #expect(try ProfileName(text).description == text)
        #expect(try FieldName(text).description == text)
    }

    @Test(
        "names that could split a path, a line, a protocol or an option are refused",
        arguments: [
            "", "-rf", ".hidden", "_x", "a/b", "a b", "a=b", "a\nb", "a\rb", "a\u{0}b", "a\u{1b}[31m", "..", "é", "a:b",
            "\u{202e}abc", String(repeating: "a", count: 65),
        ])
    func refused(_ text: String) {
        #expect(throws: NameError.self) { try CredentialName(text) }
        #expect(throws: NameError.self) { try ProfileName(text) }
        #expect(throws: NameError.self) { try FieldName(text) }
    }

    @Test("every single byte but the allowed ones is refused inside a name")
    func bytes() {
        var taken = 0
        for byte in UInt8.min...127 {
            let text = "a" + String(UnicodeScalar(byte)) + "b"
            if (try? CredentialName(text)) != nil { taken += 1 }
        }
        #expect(taken == 26 + 26 + 10 + 3)
    }

    @Test("a refusal never repeats the text: it may be a secret typed in the wrong place")
    func silent() {
        do {
            _ = try CredentialName("sk-secret value")
            Issue.record("accepted")
        } catch {
            #expect(!"\(error)".contains("secret"))
        }
    }
}

@Suite("References")
struct ReferenceTests {
    @Test("both forms read and write back", arguments: ["kist://kafka/password", "kist://prod/kafka/password"])
    func roundTrip(_ text: String) throws {
        #expect(try Reference(parsing: text).description == text)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "kist://", "kist://a", "kist:///a/b", "kist://a/b/c/d", "op://a/b", "KIST://a/b", "kist://a/b/",
            "kist://a//b",
            "kist://a/b?x", "kist://../b", " kist://a/b",
        ])
    func refused(_ text: String) {
        #expect(throws: NameError.self) { try Reference(parsing: text) }
    }
}
