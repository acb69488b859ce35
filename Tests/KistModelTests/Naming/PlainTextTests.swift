import KistModel
import Testing

/// Bytes become the text that they are, or none.
struct PlainTextTests {
    private func read(_ bytes: [UInt8]) -> String? { bytes.withUnsafeBytes { PlainText.read($0) } }

    @Test(arguments: ["", "a", "host.example.com", "\u{0}\u{7F}", "ä", "naïve", "日本語", "👩‍🚀", "a\u{301}"])
    func textComesBack(text: String) {
        #expect(read(Array(text.utf8)).map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(
        arguments: [
            [0x80], [0xFF], [0x61, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ] as [[UInt8]])
    func whatIsNoTextIsNone(bytes: [UInt8]) { #expect(read(bytes) == nil) }
}
