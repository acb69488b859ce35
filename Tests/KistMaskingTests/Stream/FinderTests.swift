import SecretMemory
import Testing

@testable import KistMasking

@Suite struct FinderTests {
    private static func find(_ text: [UInt8], pieces: Int, _ set: PatternSet) -> [Finder.Finding] {
        var found: [Finder.Finding] = []
        var finder = Finder(set)
        for start in stride(from: 0, to: text.count, by: pieces) {
            text[start..<min(start + pieces, text.count)].withUnsafeBytes { finder.take($0) { found.append($0) } }
        }
        finder.finish { found.append($0) }
        return found
    }

    @Test func everyPlaceIsToldOnceHoweverTheBytesCome() {
        let set = PatternSet.of(["abcdefghij", "second-secret"])
        let text = Array("..abcdefghij abcdefghi second-secret\nabcdefghijsecond-secre".utf8)
        let wanted = [
            Finder.Finding(offset: 2, label: 0, form: .plain), Finder.Finding(offset: 23, label: 1, form: .plain),
            Finder.Finding(offset: 37, label: 0, form: .plain),
        ]
        for pieces in 1...text.count { #expect(Self.find(text, pieces: pieces, set) == wanted, "\(pieces)") }
    }

    @Test func placesAreCountedThroughManyReads() {
        let set = PatternSet.of(["abcdefghij"])
        var text = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
        let places = [0, 1_048_570, 1_500_000, 2_999_990]
        for place in places { text.replaceSubrange(place..<place + 10, with: "abcdefghij".utf8) }
        #expect(Self.find(text, pieces: 1_048_576, set).map(\.offset) == places)
        #expect(Self.find(text, pieces: text.count, set).map(\.offset) == places)
        var finder = Finder(set)
        text.withUnsafeBytes { finder.take($0) { _ in } }
        #expect(finder.count == text.count)
        finder.reset()
        #expect(finder.count == 0)
    }

    /// A thousand secrets, each in every form: what is planted is found under its own label.
    @Test func athousandSecretsAreToldApart() {
        var random = Xorshift(state: 77)
        let alphabet = Array("abcdefghijkmnopqrstuvwxyz0123456789".utf8)
        let secrets = (0..<1_000).map { number in
            String(decoding: (0..<20).map { _ in alphabet[Int(random.next() % 35)] }, as: UTF8.self) + "-\(number)"
        }
        let set = PatternSet.of(secrets)
        for number in stride(from: 0, to: 1_000, by: 7) {
            for text in [secrets[number], Masked.base64(Array(secrets[number].utf8))] {
                let found = Self.find(Array("a\n\(text)\n".utf8), pieces: 9, set)
                #expect(found.first == Finder.Finding(offset: 2, label: number, form: found.first?.form ?? .html))
                #expect(Set(found.map(\.label)) == [number])
            }
        }
    }
}
