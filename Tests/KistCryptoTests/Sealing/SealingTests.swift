import KistCrypto
import SecretMemory
import Testing

@Suite struct SealingTests {
    private func seal(_ text: String, _ key: borrowing SecretBytes) -> [UInt8] {
        var box: [UInt8] = []
        Array(text.utf8).withUnsafeBytes { SecretBox.seal($0, key, appendingTo: &box) }
        return box
    }

    @Test func aBoxOpensWithItsKeyOnly() throws {
        let key = SecretBytes.makeRandom(count: 32)
        let box = seal("hello", key)
        #expect(box.count == 5 + SecretBox.overhead)
        let opened = try box.withBytes { (box) throws(SealError) in try SecretBox.open(box, key) }
        #expect(opened.withBytes { Array($0) } == Array("hello".utf8))
        let other = SecretBytes.makeRandom(count: 32)
        #expect(throws: SealError.self) {
            _ = try box.withBytes { (box) throws(SealError) in try SecretBox.open(box, other) }
        }
        for byte in box.indices {
            var bent = box
            bent[byte] ^= 0x10
            #expect(throws: SealError.self) {
                _ = try bent.withBytes { (box) throws(SealError) in try SecretBox.open(box, key) }
            }
        }
        for count in 0..<box.count {
            #expect(throws: SealError.self) {
                _ = try Array(box[..<count]).withBytes { (box) throws(SealError) in try SecretBox.open(box, key) }
            }
        }
    }

    @Test func everySealHasANonceOfItsOwn() {
        let key = SecretBytes.makeRandom(count: 32)
        var nonces = Set<[UInt8]>()
        for _ in 0..<1_000 {
            var sealed: [UInt8] = []
            [UInt8(7)].withUnsafeBytes { SecretBox.seal($0, key, appendingTo: &sealed) }
            nonces.insert(Array(sealed[..<SecretBox.nonceCount]))
        }
        #expect(nonces.count == 1_000)
    }

    @Test func anEmptyPlaintextHasABoxToo() throws {
        let key = SecretBytes.makeRandom(count: 32)
        let box = seal("", key)
        let opened = try box.withBytes { (box) throws(SealError) in try SecretBox.open(box, key) }
        #expect(opened.count == 0)
    }

    @Test func aPairsBoxOpensForItsRecipientFromItsSender() throws {
        let sender = BoxKeyPair(seed: SecretBytes.makeRandom(count: 32))
        let recipient = BoxKeyPair(seed: SecretBytes.makeRandom(count: 32))
        let stranger = BoxKeyPair(seed: SecretBytes.makeRandom(count: 32))
        let secret = SecretBytes.makeRandom(count: 32)
        let box = try sender.seal(secret, for: recipient.publicKey)
        #expect(box.count == 72)
        let opened = try box.withBytes { (box) throws(SealError) in try recipient.open(box, from: sender.publicKey) }
        let isSame = opened == secret
        #expect(isSame)
        #expect(throws: SealError.self) {
            _ = try box.withBytes { (box) throws(SealError) in try recipient.open(box, from: stranger.publicKey) }
        }
        #expect(throws: SealError.self) {
            _ = try box.withBytes { (box) throws(SealError) in try stranger.open(box, from: sender.publicKey) }
        }
        #expect(throws: SealError.self, "a point of small order") {
            try sender.seal(secret, for: [UInt8](repeating: 0, count: 32))
        }
    }

    @Test func aTwoKeyCiphertextIsStoppedByTheCommitment() {
        // Each of a thousand other keys gives another commitment to the same wrapped body.
        let wrapped = RandomBytes.make(72)
        let publicKey = RandomBytes.make(32)
        var seen = Set<[UInt8]>()
        for _ in 0..<1_000 {
            let keys = SlotKeys(
                kek: SecretBytes.makeRandom(count: 32), vaultID: RandomBytes.make(16), slotID: RandomBytes.make(8),
                kind: [2])
            seen.insert(SlotKeys.commitment(keys.commit, vaultPublicKey: publicKey, wrapped: wrapped))
        }
        #expect(seen.count == 1_000)
    }
}
