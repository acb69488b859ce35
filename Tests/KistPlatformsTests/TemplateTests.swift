import KistPlatforms
import SecretMemory
import Testing

@Suite struct TemplateTests {
    func render(
        _ text: String, _ values: [String: String], folder: String? = nil, missing: MissingField = .leaveOut
    ) throws -> (String, [String]) {
        let template = try Template(parsing: text)
        var buffer = SecretBuffer()
        let absent = template.render(
            into: &buffer, name: "snow.prod", folder: folder, missing: missing, field: secrets(values))
        return (buffer.withBytes { String(decoding: $0, as: UTF8.self) }, absent)
    }

    @Test func bracesThatAreNoReferenceStay() throws {
        let (text, absent) = try render(#"{"a":{a|json},"b":{}, {A} {a-b} { a} {"#, ["a": "x"])
        #expect(text == #"{"a":"x","b":{}, {A} {a-b} { a} {"#)
        #expect(absent.isEmpty)
    }

    @Test(
        arguments: [
            ("{v}", "a\"\\\n\u{1}é", "a\"\\\n\u{1}é"), ("{v|json}", "a\"\\\n\u{1}é", "\"a\\\"\\\\\\n\\u0001é\""),
            ("\"{v|toml-text}\"", "a\"b", "\"a\\\"b\""), ("{v|url}", "a b&c=é~", "a%20b%26c%3D%C3%A9~"),
            ("{v|base64}", "", ""), ("{v|base64}", "f", "Zg=="), ("{v|base64}", "fo", "Zm8="),
            ("{v|base64}", "foobar", "Zm9vYmFy"), ("{v|env}", "snow-prod.é", "SNOW_PROD___"),
            ("{v|host}:{v|port} {v|scheme}", "http://[::1]:8/x", "::1:8 http"),
            ("{v|host}:{v|port} {v|scheme}", "https://A.b/x", "a.b:443 https"), ("{v|host}", "nonsense", ""),
        ])
    func encodes(template: String, value: String, expected: String) throws {
        #expect(try render(template, ["v": value]).0 == expected)
    }

    @Test func linesWithoutAValueGo() throws {
        let text = "[{name|toml}]\nuser = {user|toml}\nrole = {role|toml}\npath = \"{folder}/k\"\nend"
        let (with, none) = try render(text, ["user": "u", "role": "r"], folder: "/run/x", missing: .dropLine)
        #expect(with == "[\"snow.prod\"]\nuser = \"u\"\nrole = \"r\"\npath = \"/run/x/k\"\nend")
        #expect(none.isEmpty)
        let (without, absent) = try render(text, ["user": "u"], missing: .dropLine)
        #expect(without == "[\"snow.prod\"]\nuser = \"u\"\nend")
        #expect(absent == ["role", "folder"])
    }

    /// A value with a line break in it is one value; only the template's own lines are dropped.
    @Test func aValueCannotMakeLines() throws {
        let (text, _) = try render("{v}\n{w}\nx", ["v": "a\nb {w} {name}"], missing: .dropLine)
        #expect(text == "a\nb {w} {name}\nx")
    }

    @Test func unknownEncodingsAreRefused() {
        #expect(throws: TemplateError.self) { try Template(parsing: "{v|shell}") }
        #expect(throws: TemplateError.self) { try Template(parsing: "{v|}") }
    }

    @Test(arguments: [
        (HowTo.Place.curl, "curl {url} -u {user}", "curl https://h/a -u 'x$(id)'\\''y'"),
        (.curl, "printf \"{user}: \"", "printf \"\"'x$(id)'\\''y'\": \""),
        (.docker, "sh -c 'a {user} {url}'", "sh -c 'a {user} https://h/a'"),
        (.curl, "# it's {url}\na {user}", "# it's https://h/a\na 'x$(id)'\\''y'"),
        (.cron, "a {many}", "a '50\\% off'"), (.python, "a {user}", "a x$(id)'y"),
    ])
    func aStoredTextDoesNotRunInTheLinesForAShell(_ place: HowTo.Place, _ text: String, _ expected: String) {
        let plain = ["url": "https://h/a", "user": "x$(id)'y", "many": "50% off"]
        #expect(Prose.fill(text, in: place, name: "k", plain: plain) == expected)
    }

    @Test func proseKeepsCode() {
        let text = #"x = {"user": os.environ["{name|env}"], f"{url}"} {name} {unknown} {"#
        #expect(
            Prose.fill(text, name: "k", plain: ["url": "https://h"])
                == #"x = {"user": os.environ["{name|env}"], f"https://h"} k {unknown} {"#)
    }
}
