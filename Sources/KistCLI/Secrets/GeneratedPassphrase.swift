import SecretMemory

/// A passphrase that Kist makes: 25 characters of Crockford's alphabet in five groups, 125 bits.
enum GeneratedPassphrase {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func make() -> SecretBytes {
        let random = SecretBytes.makeRandom(count: 25)
        return random.withBytes { random in
            SecretBytes(count: 29) { text in
                var at = 0
                for (index, byte) in random.enumerated() {
                    if index > 0, index % 5 == 0 {
                        text[at] = UInt8(ascii: "-")
                        at += 1
                    }
                    // 32 letters: each of the low five bits alike.
                    text[at] = alphabet[Int(byte & 31)]
                    at += 1
                }
            }
        }
    }
}
