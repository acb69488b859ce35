import SecretMemory
import Testing

@testable import KistCLI

@Suite struct SecretJSONTests {
    private func read(_ text: String) throws(Failure) -> [String: String] {
        var seen: [String: String] = [:]
        var text = text
        let problem = text.withUTF8 { bytes -> Failure? in
            failure { () throws(Failure) in
                try SecretJSON.readObject(UnsafeRawBufferPointer(bytes), what: "standard input") { name, value in
                    seen[name] = String(decoding: value, as: UTF8.self)
                }
            }
        }
        if let problem { throw problem }
        return seen
    }

    @Test func aFlatObject() throws {
        #expect(
            try read(#" {"a":"x\n\"\u00e9\ud83d\ude00","b" : "", "c":-12.50e+3, "d":true} "#) == [
                "a": "x\n\"é😀", "b": "", "c": "-12.50e+3", "d": "true",
            ])
        #expect(try read("{}") == [:])
    }

    @Test(arguments: [
        "", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":\"x}", "{\"a\":\"x\"} y", "{\"a\":\"x\",}",
        "{\"a\":{\"b\":\"c\"}}", "{\"a\":[\"hunter2\"]}",
        "{\"a\":\"1\",\"a\":\"2\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\q\"}", "{\"a\":\"\u{1}\"}", "{\"a\":null}",
        "{\"a\":hunter2}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":True}",
        "{\"hunter2\":\"x\",\"hunter2\":\"y\"}",
    ])
    func anythingElseIsRefusedWithoutBeingRepeated(_ text: String) {
        let problem = failure { () throws(Failure) in _ = try read(text) }
        #expect(problem != nil)
        #expect(problem.map { !$0.message.contains("hunter2") } == true)
    }

    @Test func randomBytesNeverBreakIt() {
        var random = Generator(state: 9)
        let alphabet = Array("{}\":,\\u0d8 ab\n[]".utf8) + [0xFF, 0xC3]
        for _ in 0..<20_000 {
            let bytes =
                [UInt8(ascii: "{")]
                + (0..<Int.random(in: 0...30, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
            _ = bytes.withUnsafeBytes { raw in
                failure { () throws(Failure) in try SecretJSON.readObject(raw, what: "x") { _, _ in } }
            }
        }
    }
}
