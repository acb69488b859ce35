import Testing

@testable import KistCLI

/// B14: what is printed for people cannot attack the terminal.
@Suite struct VisibleTests {
    private static let hostile: [Unicode.Scalar] =
        (0...0x1F).map { Unicode.Scalar($0)! } + (0x7F...0x9F).map { Unicode.Scalar($0)! }
        + [0x061C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E, 0x2066, 0x2069, 0xFEFF, 0xE0041]
        .map { Unicode.Scalar($0)! }

    @Test func tenThousandHostileNamesLoseTheirTeeth() {
        var random = Generator(state: 7)
        for _ in 0..<10_000 {
            var name = ""
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let scalar =
                    Bool.random(using: &random)
                    ? Self.hostile.randomElement(using: &random)!
                    : Unicode.Scalar(UInt8.random(in: 0x20...0x7E, using: &random))
                name.unicodeScalars.append(scalar)
            }
            let shown = Visible.text(name)
            #expect(!shown.unicodeScalars.contains { Self.hostile.contains($0) })
        }
    }

    @Test func harmlessTextStays() {
        let text = "Zürich 東京 – “ok” ✓ · …"
        #expect(Visible.text(text) == text)
        #expect(Visible.text("a\tb\n", keepingLayout: true) == "a\tb\n")
    }

    @Test func theFormIsReadable() {
        #expect(Visible.text("\u{1B}[2J\u{202E}\u{85}\n") == "\\x1b[2J\\u{202e}\\x85\\n")
    }
}

/// A small generator with a seed, so that a failure comes back (splitmix64).
struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
