/// A piece of a line and how it is meant; `Printer` decides what that looks like.
package struct Phrase: ExpressibleByStringInterpolation, Equatable, Sendable {
    package enum Tone: Sendable {
        case plain, good, bad, warning, quiet, strong
    }

    package let text: String
    package let tone: Tone

    package init(_ text: String, _ tone: Tone = .plain) {
        self.text = text
        self.tone = tone
    }

    package init(stringLiteral value: String) { self.init(value) }

    package static func good(_ text: String) -> Phrase { Phrase(text, .good) }
    package static func bad(_ text: String) -> Phrase { Phrase(text, .bad) }
    package static func warning(_ text: String) -> Phrase { Phrase(text, .warning) }
    package static func quiet(_ text: String) -> Phrase { Phrase(text, .quiet) }
    package static func strong(_ text: String) -> Phrase { Phrase(text, .strong) }

    /// Terminal columns it takes, near enough: one for each character, two for wide East Asian ones.
    package var columns: Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return Visible.text(text).reduce(0) { $0 + Self.columns($1) }
    }

    static func columns(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }
}
