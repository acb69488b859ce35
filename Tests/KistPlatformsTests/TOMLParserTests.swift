import KistPlatforms
import Testing

/// The parser was compared with Python's tomllib over 60,000 mutated texts; these are the cases worth naming.
@Suite struct TOMLParserTests {
    func parse(_ text: String) -> Result<TOMLTable, TOMLError> {
        do throws(TOMLError) { return .success(try TOMLParser.parse(text)) } catch { return .failure(error) }
    }

    /// One line that shows values and their lines.
    func dump(_ node: TOMLNode) -> String {
        switch node.value {
        case .string(let text): "'\(text)'@\(node.line)"
        case .integer(let number): "\(number)@\(node.line)"
        case .boolean(let answer): "\(answer)@\(node.line)"
        case .array(let items): "[" + items.map(dump).joined(separator: " ") + "]@\(node.line)"
        case .table(let table): "{" + dump(table) + "}@\(node.line)"
        }
    }

    func dump(_ table: TOMLTable) -> String {
        table.entries.map { "\($0.key)=" + dump($0.node) }.joined(separator: " ")
    }

    @Test(
        arguments: [
            ("", ""), ("# only\n\n", ""), ("a = 1", "a=1@1"), ("a.b = true\na.c = 'x'", "a={b=true@1 c='x'@2}@1"),
            ("\"a b\" = 0x1_F\n'c.d' = -7", "a b=31@1 c.d=-7@2"),
            ("[b]\nx = [1,\n 2, # c\n]\n[a]", "b={x=[1@2 2@3]@2}@1 a={}@5"),
            ("[[f]]\nn = 1\n[[f]]\n[f.g]\nh = 2", "f=[{n=1@2}@1 {g={h=2@5}@4}@3]@1"),
            ("[a.b]\n[a]\nc = 1", "a={b={}@1 c=1@3}@1"), ("a = { b = 1, c.d = \"\" }", "a={b=1@1 c={d=''@1}@1}@1"),
            (#"a = "t\tq\"b\\u\u00e9""#, "a='t\tq\"b\\ué'@1"), ("a = '''\nx\n''y'''''", "a='x\n''y'''@1"),
            ("a = \"\"\"\nx \\\n\n   y\"\"\"\nb = 1", "a='x y'@1 b=1@5"), ("a = 1\r\nb = 2\r\n", "a=1@1 b=2@2"),
        ])
    func reads(text: String, expected: String) throws { #expect(dump(try parse(text).get()) == expected) }

    @Test(
        arguments: [
            ("a", 1), ("a =", 1), ("= 1", 1), ("a = 1\na = 2", 2), ("[a]\n[b]\n[a]", 3), ("a = 1\n[a]", 2),
            ("a = [1", 1), ("a = {b = 1", 1), ("a = \"x", 1), ("a = \"x\ny\"", 1), ("a = \"\\x\"", 1),
            ("a = \"\\ud800\"", 1), ("a = 1.5", 1), ("a = 2027-01-31", 1), ("a = 01", 1), ("a = 1__2", 1),
            ("a = 99999999999999999999", 1), ("a = 1 b = 2", 1), ("a = \"\u{1}\"", 1), ("# \u{7f}", 1),
            ("a = 1\rb = 2", 1), ("a = {b = 1,}", 1), ("a.b = 1\n[a]", 2), ("[a]\nb.c = 1\n[a.b]", 3),
            ("a = []\n[[a]]", 2), ("[[a]]\n[a]", 2), ("a = \"\"\"x", 1), ("\n\n]", 3), ("a = nan", 1), ("a = tru", 1),
            ("a = \0", 1), ("a = \"\\u0000\"", 1),
        ])
    func refuses(text: String, line: Int) {
        guard case .failure(let error) = parse(text) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(error.line == line, "\(text): \(error)")
    }

    @Test func depthIsBounded() {
        #expect(throws: TOMLError.self) { try TOMLParser.parse("a = " + String(repeating: "[", count: 100_000)) }
        #expect(throws: TOMLError.self) { try TOMLParser.parse("a = " + String(repeating: "{a=", count: 100_000)) }
        #expect(throws: TOMLError.self) { try TOMLParser.parse(String(repeating: "a.", count: 100_000) + "a = 1") }
    }

    @Test func anyTextHasAnAnswer() {
        var generator = SystemRandomNumberGenerator()
        let marks = Array("[]{}=\"'\\\n\r\t #,._-+0x1batruefals\u{0}é".unicodeScalars)
        for _ in 0..<40_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...30, using: &generator) {
                text.unicodeScalars.append(marks.randomElement(using: &generator)!)
            }
            _ = parse(text)
        }
    }
}
