import SecretMemory
import Testing

@testable import KistCLI

@Suite struct RenderTemplateTests {
    private func parse(_ text: String) throws -> RenderTemplate {
        try RenderTemplate(parsing: SecretBytes(copyingExposed: text.utf8), what: "t")
    }

    private func references(_ text: String) throws -> [String] {
        let template = try parse(text)
        return template.parts.compactMap { if case .reference(let part) = $0 { part.reference } else { nil } }
    }

    @Test func referencesAreFoundWhereTheyStand() throws {
        #expect(try references("a kist://kumo/api_key b") == ["kist://kumo/api_key"])
        #expect(try references("\"kist://p/kumo/api_key\",") == ["kist://p/kumo/api_key"])
        #expect(
            try references("{{kist://kumo/a}}{{ op://My Vault/An item/x }}") == [
                "kist://kumo/a", "op://My Vault/An item/x",
            ])
        #expect(try references("op://V/i/f?attribute=value;x") == ["op://V/i/f?attribute=value"])
        #expect(try references("xop://a/b/c +kist://a/b \\kist://a/b .op://a/b/c -op://a/b/c") == [])
        #expect(try references("{{ jinja }} {% x %} {{ a | op }}") == [])
    }

    @Test func whatIsBesideAReferenceIsKnown() throws {
        for (text, quotes, alone) in [
            ("\"kist://a/b\"", "\"", false), ("'{{ kist://a/b }}'", "'", false), ("  kist://a/b\t\n", "", true),
            ("x\nkist://a/b", "", true), ("x kist://a/b", "", false), ("a = \"Bearer kist://a/b\"", "\"", false),
            ("'x' + \"kist://a/b\"", "\"", false), ("it's \"kist://a/b\"", "'\"", false),
            ("\"x\\\" kist://a/b\"", "\"", false), ("\"x\"\ny = 'a kist://a/b'", "'", false),
        ] {
            let template = try parse(text)
            for case .reference(let part) in template.parts {
                #expect(part.quotes == Set(quotes.utf8), "\(text)")
                #expect(part.standsAlone == alone, "\(text)")
            }
        }
    }

    /// Every byte of the template that is no reference stays as it is, whatever it is.
    @Test func partsCoverTheWholeText() throws {
        var random = Generator(state: 3)
        let pieces = [
            "kist://a/b", "op://v/i/f", "{{ kist://a/b | json }}", "{{", "}}", "|", "\n", " ", "\"", "ü", "\\", "x",
        ]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            guard let template = try? parse(text) else { continue }
            var last = 0
            var kept = 0
            for case .text(let range) in template.parts {
                #expect(range.lowerBound >= last && !range.isEmpty && range.upperBound <= text.utf8.count)
                last = range.upperBound
                kept += range.count
            }
            let gone = template.parts.contains { if case .reference = $0 { true } else { false } }
            #expect(gone || kept == text.utf8.count)
        }
    }

    @Test func brokenOnesAreRefused() {
        for text in [
            "{{ kist://a/b", "{{ kist://a/b }", "{{ kist://a/b | rot13 }}", "{{ kist://a/b | json | json }}",
            "{{ kist://a\n/b }}", "kist://" + String(repeating: "a", count: 2_000),
            String(repeating: "kist://a/b ", count: 1_001),
        ] {
            #expect(throws: Failure.self) { _ = try parse(text) }
        }
    }

    @Test func aValueThatWouldBecomeAnotherIsRefused() throws {
        func obstacle(_ template: String, _ value: String) throws -> String? {
            var found: String?
            let parsed = try parse(template)
            for case .reference(let part) in parsed.parts {
                var value = value
                found = value.withUTF8 { TemplateRendering.obstacle(UnsafeRawBufferPointer($0), part) }
            }
            return found
        }
        #expect(try obstacle("\"kist://a/b\"", "x\"y") != nil)
        #expect(try obstacle("\"kist://a/b\"", "x\\y") != nil)
        #expect(try obstacle("'kist://a/b'", "x\\y") == nil)
        #expect(try obstacle("'kist://a/b'", "x'y") != nil)
        #expect(try obstacle("auth = \"Bearer kist://a/b\"", "x\" other = \"y") != nil)
        #expect(try obstacle("auth = \"Bearer kist://a/b\"", "x\\") != nil)
        #expect(try obstacle("auth = \"Bearer kist://a/b\"", "x'y") == nil)
        #expect(try obstacle("\"x\": \"y\", z: kist://a/b", "x\"y") == nil)
        #expect(try obstacle("a=kist://a/b", "x\ny") != nil)
        #expect(try obstacle("kist://a/b", "x\ny") == nil)
        #expect(try obstacle("kist://a/b", "x\0y") != nil)
        #expect(try obstacle("\"{{ kist://a/b | base64 }}\"", "\"\n\0") == nil)
    }
}
