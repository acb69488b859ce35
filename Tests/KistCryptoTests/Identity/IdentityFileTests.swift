import SecretMemory
import Testing

@testable import KistCrypto

@Suite struct IdentityFileTests {
    private let vault = VaultKey(publicKey: BoxKeyPair(seed: SecretBytes.makeRandom(count: 32)).publicKey)!

    private func read(_ text: String) throws(IdentityFile.Refusal) -> IdentityFile {
        try IdentityFile(SecretBytes(copyingExposed: Array(text.utf8)))
    }

    private func refusal(_ text: String) -> IdentityFile.Refusal? {
        do {
            _ = try read(text)
            return nil
        } catch { return error }
    }

    private func text(_ secret: borrowing SecretBytes) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func whatIsWrittenIsRead() throws {
        let file = IdentityFile(identity: Identity.make(), trusted: [vault])
        let recipient = file.identity.recipient
        let written = text(file.encode(comment: "made by a test\nin two lines"))
        let again = try read(written + IdentityFile.trustLine(vault))
        let (found, trusted) = (again.identity.recipient, again.trusted)
        #expect(found == recipient)
        #expect(trusted == [vault])
        #expect(written.contains("# made by a test\n# in two lines\n"))
        // The bare text of an identity will do.
        let bare = try read(text(file.identity.encode())).identity.recipient
        #expect(bare == recipient)
    }

    @Test func everyOtherFileIsRefusedByItsLine() {
        let one = text(Identity.make().encode())
        #expect(refusal("") == .noIdentity)
        #expect(refusal("# \(one)\n") == .noIdentity)
        #expect(refusal("\(one)\n\n\(one)\n") == .twoIdentities(line: 3))
        #expect(refusal("\(one)\ntrust \(vault.description.dropLast())\n") == .line(2))
        #expect(refusal("\(one)\ntrust\n") == .line(2))
        #expect(refusal("x\(one)\n") == .line(1))
        #expect(refusal(String(repeating: "#", count: IdentityFile.longest + 1)) == .tooLong)
        // A recipient or a vault's key is not an identity.
        #expect(refusal(Identity.make().recipient.description) == .line(1))
        #expect(refusal(vault.description) == .line(1))
        #expect(VaultKey(Identity.make().recipient.description) == nil)
    }

    @Test func anyBytesAreReadOrRefused() {
        var generator = SystemRandomNumberGenerator()
        let good = Array((text(Identity.make().encode()) + "\n" + IdentityFile.trustLine(vault)).utf8)
        for round in 0..<2_000 {
            var bytes = good
            for _ in 0...round % 4 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? IdentityFile(SecretBytes(copyingExposed: bytes.prefix(.random(in: 0...bytes.count))))
        }
    }
}
