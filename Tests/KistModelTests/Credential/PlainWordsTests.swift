import KistModel
import Testing

@Suite struct PlainWordsTests {
    @Test(arguments: [
        ("https://git.example.com/x", "git.example.com", true), ("https://GIT.example.com:80", "git.example.com", true),
        ("git.example.com", "git.example.com", true), ("https://xgit.example.com", "git.example.com", false),
        ("https://a.git.example.com", "git.example.com", false), ("git.example.com.evil", "git.example.com", false),
        ("sparse+https://h.example/", "h.example", true), ("http://[::1]:80", "::1", true),
        ("http://[::12]", "::1", false),
        ("a.a.a b a", "a", true), ("a.a.a b", "a", false), ("ada@h.example", "h.example", true), ("", "a", false),
        ("äb", "b", false), ("https://h.example/a/b", "h.example/a", true),
    ])
    func aTextIsHeldAsWholeWords(value: String, text: String, holds: Bool) {
        #expect(PlainWords.holds(value, PlainWords.lower(text)) == holds)
    }

    /// What an index by words rests on.
    @Test func whoeverHoldsATextHasEachOfItsWords() {
        let alphabet = Array("aB.-_:/@ é".utf8)
        var state: UInt64 = 7
        func next(_ most: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % most)
        }
        func text(_ most: UInt64) -> String {
            String(decoding: (0..<1 + next(most)).map { _ in alphabet[next(UInt64(alphabet.count))] }, as: UTF8.self)
        }
        func words(_ text: String) -> Set<[UInt8]> {
            var words: Set<[UInt8]> = []
            PlainWords.each(of: text.utf8) { words.insert($0) }
            return words
        }
        var held = 0
        for _ in 0..<20_000 {
            let (value, part) = (text(12), text(3))
            guard PlainWords.holds(value, PlainWords.lower(part)) else { continue }
            held += 1
            #expect(words(part).isSubset(of: words(value)))
        }
        #expect(held > 100)
    }
}
