import SecretMemory
import Testing

@testable import KistCrypto

@Suite struct IdentityTests {
    private func identity(_ byte: UInt8) -> Identity {
        Identity(seed: SecretBytes(copyingExposed: [UInt8](repeating: byte, count: 32)))
    }

    private func text(_ secret: borrowing SecretBytes) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The recipient of the identity that a text gives.
    private func read(_ text: String) -> Recipient? {
        guard let identity = Identity(text: SecretBytes(copyingExposed: Array(text.utf8))) else { return nil }
        return identity.recipient
    }

    @Test func textFormsAreStableAndFitALine() {
        let identity = identity(7)
        let written = text(identity.encode())
        #expect(
            written
                == "kist-identity-0W3GE1R7-0W3GE1R7-0W3GE1R7-0W3GE1R7-0W3GE1R7-0W3GE1R7-0W3Y6XAP")
        let line = identity.recipient.description.utf8.count
        #expect(line < 80)
    }

    @Test func bothTextsComeBackWhateverTheirCaseAndSpaces() throws {
        for byte in UInt8.min...UInt8.max {
            let identity = identity(byte)
            let recipient = identity.recipient
            let written = text(identity.encode())
            #expect(Recipient(recipient.description) == recipient)
            #expect(Recipient(" \n" + recipient.description.lowercased() + "\n") == recipient)
            #expect(read(written) == recipient)
            #expect(read(written.lowercased()) == recipient)
            #expect(Recipient(written) == nil)
            #expect(read(recipient.description) == nil)
        }
    }

    @Test func everyWrongCharacterIsNoticed() throws {
        let good = Array(identity(3).recipient.description.utf8)
        var tried = 0
        for place in Recipient.prefix.utf8.count..<good.count where good[place] != UInt8(ascii: "-") {
            for other in CheckedText.alphabet where other != good[place] {
                var bent = good
                bent[place] = other
                #expect(Recipient(String(decoding: bent, as: UTF8.self)) == nil)
                tried += 1
            }
        }
        #expect(tried == 56 * 31)
        for text in ["", "kist-recipient-", String(decoding: good.dropLast(), as: UTF8.self), "kist-recipient-ü"] {
            #expect(Recipient(text) == nil)
        }
    }

    @Test func pointsThatBelongToEverybodyAreNoRecipients() {
        let zero = [UInt8](repeating: 0, count: 32)
        let one = [1] + [UInt8](repeating: 0, count: 31)
        let prime = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
        let orderEight: [UInt8] = [
            0xE0, 0xEB, 0x7A, 0x7C, 0x3B, 0x41, 0xB8, 0xAE, 0x16, 0x56, 0xE3, 0xFA, 0xF1, 0x9F, 0xC4, 0x6A,
            0xDA, 0x09, 0x8D, 0xEB, 0x9C, 0x32, 0xB1, 0xFD, 0x86, 0x62, 0x05, 0x16, 0x5F, 0x49, 0xB8, 0x00,
        ]
        for key in [zero, one, prime, orderEight, Array(zero.dropLast())] { #expect(Recipient(publicKey: key) == nil) }
        // The same point under a second name: the top bit, which X25519 ignores.
        var second = identity(1).recipient.publicKey
        #expect(Recipient(publicKey: second) != nil)
        second[31] |= 0x80
        #expect(Recipient(publicKey: second) == nil)
    }

    @Test func twoPairsAgreeOnAKeyThatAThirdDoesNotHave() throws {
        let one = identity(1).pair.publicKey
        let two = identity(2).pair.publicKey
        let ours = try identity(1).pair.agree(with: two)
        let theirs = try identity(2).pair.agree(with: one)
        let strangers = try identity(3).pair.agree(with: one)
        let (isShared, isLeaked) = (ours == theirs, ours == strangers)
        #expect(isShared)
        #expect(!isLeaked)
    }
}
