import KistCrypto
import SecretMemory
import Testing

@Suite struct StoredKeyTests {
    private func secret(_ text: String) -> SecretBytes { SecretBytes(copyingExposed: Array(text.utf8)) }
    private func text(_ secret: borrowing SecretBytes) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: StoredKey.allCases) func whatIsWrittenIsRead(kind: StoredKey) throws {
        for _ in 0..<50 {
            let key = StoredKey.make()
            let file = kind.file(key, comment: ["what it is for", ""])
            for given in 0..<2 {
                guard let read = kind.decode(given == 0 ? file.copy() : kind.encode(key)) else {
                    Issue.record("not read: \(given)")
                    continue
                }
                let isSame = read == key
                #expect(isSame)
            }
        }
    }

    @Test func aKeyIsNoFactorAndTwoAreNoKey() {
        let key = StoredKey.make()
        let one = text(StoredKey.key.encode(key)), factor = text(StoredKey.factor.encode(key))
        func isKey(_ text: String) -> Bool {
            let key = StoredKey.key.decode(secret(text))
            return key != nil
        }
        #expect(isKey(one) && isKey("\r\n# a\n\n  \(one)\r\n") && isKey(one.lowercased()))
        for wrong in [
            "", "\n", "# \(one)", factor, one + "\n" + one, one + "x", String(one.dropLast()), one + "\n" + factor,
        ] {
            #expect(!isKey(wrong), "\(wrong)")
        }
        #expect(!isKey(String(repeating: "\n", count: 70_000) + one))
    }

    @Test func anyOneWrongCharacterIsNoticed() {
        let one = Array(text(StoredKey.key.encode(StoredKey.make())).utf8)
        for place in "kist-key-".utf8.count..<one.count where one[place] != UInt8(ascii: "-") {
            var bent = one
            bent[place] = one[place] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            let read = StoredKey.key.decode(SecretBytes(copyingExposed: bent))
            let isRead = read != nil
            #expect(!isRead)
        }
    }
}
