import SecretMemory

/// What the ways of writing a value have in common; values stay in locked memory.
enum EnvValue {
    static func append(_ value: UnsafeRawBufferPointer, escaping special: String, to text: inout SecretBuffer) {
        let special = Array(special.utf8)
        for byte in value {
            if special.contains(byte) { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
    }

    static func contains(_ value: UnsafeRawBufferPointer, _ word: String) -> Bool {
        let word = Array(word.utf8)
        guard value.count >= word.count else { return false }
        return (0...value.count - word.count).contains { start in
            word.indices.allSatisfy { value[start + $0] == word[$0] }
        }
    }

    /// Whether a character of U+F500 to U+F6FF is there, with which fish marks wildcards and bytes that are no text.
    static func holdsPrivateMarks(_ value: UnsafeRawBufferPointer) -> Bool {
        value.indices.dropLast().contains { value[$0] == 0xEF && (0x94...0x9B).contains(value[$0 + 1]) }
    }

    /// A word that stands nowhere in the value, to end it with.
    static func freeMark(in value: UnsafeRawBufferPointer) -> String {
        var mark = "KIST_END"
        var number = 0
        while contains(value, mark) {
            number += 1
            mark = "KIST_END_\(number)"
        }
        return mark
    }
}

/// A value as one word of sh, bash and zsh.
enum ShellWord {
    static func append(_ value: UnsafeRawBufferPointer, to text: inout SecretBuffer) {
        text.append("'")
        for byte in value { byte == UInt8(ascii: "'") ? text.append("'\\''") : text.append(byte) }
        text.append("'")
    }

    /// A word that is no secret.
    static func text(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }
}

/// A value as one word of fish.
enum FishWord {
    static func append(_ value: UnsafeRawBufferPointer, to text: inout SecretBuffer) {
        text.append("'")
        EnvValue.append(value, escaping: "'\\", to: &text)
        text.append("'")
    }

    /// A word that is no secret.
    static func text(_ word: String) -> String {
        "'" + word.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
