/// What travels between the agent and `kist-prompter`: questions one way, words the other. Neither holds a secret.
///
/// A question is `u32 length ‖ u32 number ‖ text (UTF-8)`, length counting what follows it; one without text takes the
/// question of that number back. An answer is `u32 number ‖ u8 word`.
package enum PromptFrame {
    /// Bytes of a text at most.
    package static let longest = 4_096
    package static let answerBytes = 5

    /// What a person said, or why nobody did.
    package enum Word: UInt8, Hashable, Sendable {
        case agreed = 0x79
        case declined = 0x6E
        case timeout = 0x74
        /// No question could be shown.
        case unavailable = 0x65
    }

    /// - Parameter text: cut to `longest` bytes.
    package static func question(_ number: UInt32, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(longest))
        return word(UInt32(4 + bytes.count)) + word(number) + bytes
    }

    package static func answer(_ number: UInt32, _ word: Word) -> [UInt8] { self.word(number) + [word.rawValue] }

    /// - Returns: `nil` for bytes of another length or word.
    package static func readAnswer(_ bytes: [UInt8]) -> (number: UInt32, word: Word)? {
        guard bytes.count == answerBytes, let word = Word(rawValue: bytes[4]) else { return nil }
        return (number(bytes[..<4]), word)
    }

    /// The first whole question in `bytes`, which loses it.
    ///
    /// - Throws: when no question begins like that.
    package static func takeQuestion(_ bytes: inout [UInt8]) throws(FrameError) -> (number: UInt32, text: String)? {
        guard bytes.count >= 4 else { return nil }
        let length = Int(number(bytes[..<4]))
        guard (4...4 + longest).contains(length) else { throw FrameError.inconsistent }
        guard bytes.count >= 4 + length else { return nil }
        let question = (number(bytes[4..<8]), String(decoding: bytes[8..<4 + length], as: UTF8.self))
        bytes.removeFirst(4 + length)
        return question
    }

    private static func word(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
