import KistCrypto
import Testing

@Suite struct ContextTests {
    /// Different lists of parts never give the same bytes.
    @Test func partsCannotSlideIntoEachOther() {
        var random = SystemRandomNumberGenerator()
        var seen: [[UInt8]: [[UInt8]]] = [:]
        for _ in 0..<50_000 {
            let parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt8.random(in: 0...2, using: &random) }
            }
            var context = Context("label")
            for part in parts { context.append(part) }
            if let other = seen[context.bytes] { #expect(other == parts) }
            seen[context.bytes] = parts
        }
        #expect(seen.count > 1_000)
    }

    @Test func theBytesAreWhatTheFormatSays() {
        let context = Context("ab").appending([7]).appending("c").appending(plain: UInt16(258))
        #expect(context.bytes == [0, 0, 0, 2, 97, 98, 0, 0, 0, 1, 7, 0, 0, 0, 1, 99, 1, 2])
    }
}
