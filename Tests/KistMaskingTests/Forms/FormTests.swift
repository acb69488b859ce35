import SecretMemory
import Testing

@testable import KistMasking

/// What common programs make of one secret, written down from what they printed.
@Suite struct FormTests {
    static let secret = #"pa/ss+w0rd "q" <&> é~'s"#

    static let written: [(String, SecretForm)] = [
        (secret, .plain),
        // python3 -c 'base64.b64encode', alone, behind "a:" and behind "ab:c"; urlsafe_b64encode.
        ("cGEvc3MrdzByZCAicSIgPCY+IMOpfidz", .base64),
        ("dXNlcjpwYS9zcyt3MHJkICJxIiA8Jj4gw6l+J3M=", .base64),
        ("YWI6Y3BhL3NzK3cwcmQgInEiIDwmPiDDqX4ncw==", .base64),
        ("cGEvc3MrdzByZCAicSIgPCY-IMOpfidz", .base64),
        ("70612f73732b7730726420227122203c263e20c3a97e2773", .hex),
        ("70612F73732B7730726420227122203C263E20C3A97E2773", .hex),
        ("70:61:2f:73:73:2b:77:30:72:64:20:22:71:22:20:3c:26:3e:20:c3:a9:7e:27:73", .hex),
        // urllib.parse: quote, quote(safe=""), quote_plus; encodeURIComponent; jq @uri.
        ("pa/ss%2Bw0rd%20%22q%22%20%3C%26%3E%20%C3%A9~%27s", .url),
        ("pa%2Fss%2Bw0rd%20%22q%22%20%3C%26%3E%20%C3%A9~%27s", .url),
        ("pa%2fss%2bw0rd%20%22q%22%20%3c%26%3e%20%c3%a9~%27s", .url),
        ("pa%2Fss%2Bw0rd+%22q%22+%3C%26%3E+%C3%A9~%27s", .url),
        ("pa%2Fss%2Bw0rd%20%22q%22%20%3C%26%3E%20%C3%A9~'s", .url),
        // json.dumps with and without ensure_ascii; PHP; Go.
        (#"pa/ss+w0rd \"q\" <&> \u00e9~'s"#, .json),
        (#"pa/ss+w0rd \"q\" <&> é~'s"#, .json),
        (#"pa\/ss+w0rd \"q\" <&> \u00e9~'s"#, .json),
        (#"pa/ss+w0rd \"q\" \u003c\u0026\u003e é~'s"#, .json),
        // repr; bash -x.
        (#"pa/ss+w0rd "q" <&> é~\'s"#, .json),
        (#"pa/ss+w0rd "q" <&> é~'\''s"#, .shell),
        // html.escape.
        ("pa/ss+w0rd &quot;q&quot; &lt;&amp;&gt; é~&#x27;s", .html),
    ]

    @Test(arguments: written.indices)
    func whatProgramsMakeOfASecretIsFound(_ index: Int) {
        let (text, form) = Self.written[index]
        let set = PatternSet.of([Self.secret])
        let bytes = Array("begin \(text) end".utf8)
        let hit = bytes.withUnsafeBytes { set.next(in: $0, from: 0, isLast: true) }
        #expect(hit?.form == form, "\(text)")
        // All of it but what shares a character of base64 with what stands before and behind.
        let shown = Masked.whole(text, set)
        #expect(shown.replacing("‹0›", with: "").utf8.count <= (form == .base64 ? 12 : 0), "\(shown)")
    }

    @Test func base64ThatIsBrokenIntoLinesIsFound() {
        let secret = String(repeating: "abcdefghij0123456789", count: 6)
        let set = PatternSet.of([secret])
        let encoded = Masked.base64(Array(secret.utf8))
        for (width, end) in [(76, "\n"), (76, "\r\n"), (64, "\n")] {
            var lines: [String] = []
            var rest = encoded[...]
            while !rest.isEmpty {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
            #expect(Masked.whole(lines.joined(separator: end), set) == "‹0›", "\(width)")
        }
    }

    @Test func aKeyOfManyLinesIsFoundWholeAndByTheLine() {
        let lines = (0..<4).map { "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\($0)" }
        let key = "-----BEGIN PRIVATE KEY-----\n" + lines.joined(separator: "\n") + "\n-----END PRIVATE KEY-----\n"
        let set = PatternSet.of([key])
        #expect(Masked.whole(key, set) == "‹0›\n")
        #expect(Masked.whole(key.replacing("\n", with: "\r\n"), set) == "‹0›\r\n")
        #expect(Masked.whole("line 2: \(lines[2])!", set) == "line 2: ‹0›!")
        // What every key begins with is no secret.
        #expect(Masked.whole("-----BEGIN PRIVATE KEY-----", set) == "-----BEGIN PRIVATE KEY-----")
    }

    @Test func longSecretsAreFoundInPieces() {
        let bytes: [UInt8] = (0..<3_000).map { (index: Int) -> UInt8 in UInt8(33 + (index * 7 + index / 90) % 90) }
        let secret = String(decoding: bytes, as: UTF8.self)
        let set = PatternSet.of([secret])
        #expect(set.longest <= 512)
        #expect(Masked.whole("<\(secret)>", set) == "<‹0›>")
        let part = secret.dropFirst(300).prefix(1_500)
        let shown = Masked.whole(String(part), set)
        #expect(shown.utf8.count < 1_500 - 512)
    }

    @Test func whatIsShortIsNotLookedFor() {
        var list = PatternList()
        let answers = ["1234567", "12345678", "1234567\n"].map { text in
            list.add(SecretBytes(copyingExposed: Array(text.utf8)), label: 0)
        }
        #expect(answers == [false, true, false])
        #expect(Masked.whole("1234567", PatternSet(list)) == "1234567")
        #expect(PatternSet().isEmpty && Masked.whole("anything", PatternSet()) == "anything")
    }
}
