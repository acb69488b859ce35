import KistProtocol
import Testing

/// What a keyring gives back may be anything.
@Suite struct SeenTextTests {
    @Test func bytesComeBackAndNothingElseIsTaken() {
        let bytes = (0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(SeenText.decode(SeenText.encode(bytes).utf8) == bytes)
        #expect(SeenText.decode("00ff".utf8) == [0, 255])
        for text in ["", "0", "0g", "0G", "AB", "00 0", " 00", "0x00", "00\n", "\u{e4}\u{e4}"] {
            #expect(SeenText.decode(text.utf8) == nil, "\(text)")
        }
        #expect(SeenText.decode(Array(repeating: 0x30, count: 2 * 8_192 + 2)) == nil)
        for verb in ["recall", "remember"] {
            let slot: JSONValue = ["method": .string(verb), "params": ["slot": "0011", "milliseconds": 1]]
            #expect(throws: ShapeError.self) { try KeyringRequest(json: slot) }
        }
        let vault: JSONValue = ["method": "get", "params": ["slot": "0011", "vault": "0011", "milliseconds": 1]]
        #expect(throws: ShapeError.self) { try KeyringRequest(json: vault) }
    }
}
