import KistCrypto
import SecretMemory
import Testing

@Suite struct StoredKeyTextTests {
    private func secret(_ text: String) -> SecretBytes { SecretBytes(copyingExposed: Array(text.utf8)) }
    private func text(_ secret: borrowing SecretBytes) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: StoredKeyText.allCases) func whatIsWrittenIsRead(kind: StoredKeyText) throws {
        for _ in 0..<50 {
            let key = StoredKeyText.make()
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

    /// From Python's hashlib.
    @Test func theTextsAreThoseOfAnotherImplementation() {
        let key = SecretBytes(copyingExposed: Array(0..<32))
        #expect(
            text(StoredKeyText.key.encode(key))
                == "kist-key-000G40R4-0M30E209-185GR38E-1W8124GK-2GAHC5RR-34D1P70X-3RFSPWVS")
        #expect(
            text(StoredKeyText.factor.encode(key))
                == "kist-factor-000G40R4-0M30E209-185GR38E-1W8124GK-2GAHC5RR-34D1P70X-3RFTGWF2")
    }

    @Test func aKeyIsNoFactorAndTwoAreNoKey() {
        let key = StoredKeyText.make()
        let one = text(StoredKeyText.key.encode(key)), factor = text(StoredKeyText.factor.encode(key))
        func isKey(_ text: String) -> Bool {
            let key = StoredKeyText.key.decode(secret(text))
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
        let one = Array(text(StoredKeyText.key.encode(StoredKeyText.make())).utf8)
        for place in "kist-key-".utf8.count..<one.count where one[place] != UInt8(ascii: "-") {
            var bent = one
            bent[place] = one[place] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            let read = StoredKeyText.key.decode(SecretBytes(copyingExposed: bent))
            let isRead = read != nil
            #expect(!isRead)
        }
    }
}
