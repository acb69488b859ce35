import KistProtocol
import Testing

struct JSONParserTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    private func reason(_ text: String) -> JSONError.Reason? {
        do {
            _ = try parse(text)
            return nil
        } catch { return error.reason }
    }

    @Test func valuesOfEveryKind() throws {
        #expect(
            try parse(" {\"a\" : [ 1 , -2 , true , false , null , \"x\" , {} , [] ] } ")
                == ["a": [1, -2, true, false, .null, "x", .object([]), []]])
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#) == .string("\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F600}"))
    }

    @Test(arguments: [
        ("", JSONError.Reason.ended), ("{", .ended), ("[1", .ended), ("\"a", .ended), ("tru", .ended),
        ("{} x", .trailing), ("1 2", .trailing), ("{}{}", .trailing),
        ("{a:1}", .unexpected), ("[1,]", .unexpected), ("{\"a\":1,}", .unexpected), ("'a'", .unexpected),
        ("NaN", .unexpected), ("+1", .unexpected), ("trux", .unexpected),
        ("[[[[[[[[[1]]]]]]]]]", .deep), ("{\"a\":1,\"a\":2}", .duplicate), ("{\"a\":1,\"\\u0061\":2}", .duplicate),
        ("1.0", .number), ("1e3", .number), ("01", .number), ("-", .ended), ("-0", .number), ("-a", .number),
        ("9223372036854775808", .number), ("-9223372036854775809", .number), ("99999999999999999999", .number),
        ("\"\n\"", .control), ("\"\u{0}\"", .control), ("\"\\x\"", .escape), ("\"\\u12\"", .escape),
        ("\"\\ud800\"", .escape), ("\"\\ud800\\u0041\"", .escape), ("\"\\udc00\"", .escape),
    ])
    func refused(_ text: String, _ expected: JSONError.Reason) { #expect(reason(text) == expected) }

    @Test func depthOfEightIsTheLast() { #expect(reason("[[[[[[[[1]]]]]]]]") == nil) }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0x80]])
    func bytesThatAreNotUTF8(_ bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], [0x22, 0x5C, 0x6E] + bytes + [0x22]] {
            #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        }
    }

    @Test func manyKeysAreAllCompared() throws {
        let keys = (0..<2_000).map { "\"k\($0)\":0" }.joined(separator: ",")
        #expect(try parse("{\(keys)}").members?.count == 2_000)
        #expect(reason("{\(keys),\"k1000\":1}") == .duplicate)
        #expect(reason("{\(keys),\"k3\":1}") == .duplicate)
    }

    /// Random values: encode, parse, encode again; and the text must not change.
    @Test func whatIsWrittenIsReadAndWrittenTheSame() throws {
        var random = Random(seed: 1)
        for _ in 0..<2_000 {
            let value = random.value(depth: 0)
            let text = value.encoded
            #expect(try JSONParser.parse(text) == value)
            #expect(try JSONParser.parse(text).encoded == text)
        }
    }

    /// Bytes changed, dropped, doubled: the parser ends with a value or an error, and a value is stable from then on.
    @Test func brokenTextsNeverDoHarm() throws {
        var random = Random(seed: 2)
        var accepted = 0
        for _ in 0..<20_000 {
            var text = random.value(depth: 0).encoded
            for _ in 0..<random.below(4) + 1 {
                let place = random.below(text.count + 1)
                switch random.below(3) {
                case 0 where place < text.count: text[place] = UInt8(random.below(256))
                case 1 where place < text.count: text.remove(at: place)
                default: text.insert(UInt8(random.below(256)), at: place)
                }
            }
            guard let value = try? JSONParser.parse(text) else { continue }
            accepted += 1
            let canonical = value.encoded
            #expect(try JSONParser.parse(canonical) == value)
        }
        // The control: some must get through, or nothing was tried.
        #expect(accepted > 100)
    }
}
