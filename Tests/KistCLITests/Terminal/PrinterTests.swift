import Glibc
import KistPosix
import Testing

@testable import KistCLI

@Suite struct PrinterTests {
    private func shown(_ bytes: [UInt8]) -> (text: String, count: Int) {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let count = bytes.withUnsafeBytes { Printer(output: ends[1]).secretForTerminal($0) }
        close(ends[1])
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let length = read(ends[0], &buffer, buffer.count)
        close(ends[0])
        return (String(decoding: buffer[..<max(0, length)], as: UTF8.self), count)
    }

    @Test func aSecretCannotAttackTheTerminal() {
        #expect(
            shown(Array("a\u{1B}[2J\u{202E}b\u{9B}c\u{2028}\u{7F}".utf8)).text
                == "a\\x1b[2J\\u{202e}b\\x9bc\\u{2028}\\x7f")
        #expect(
            shown([0x61, 0x9B, 0xE2, 0x80, 0xC0, 0xAE, 0xED, 0xA0, 0x80]).text
                == "a\\x9b\\xe2\\x80\\xc0\\xae\\xed\\xa0\\x80")
        #expect(shown(Array("Zürich 東京 😀\tx\n".utf8)) == ("Zürich 東京 😀\tx\n", 0))
    }
}
