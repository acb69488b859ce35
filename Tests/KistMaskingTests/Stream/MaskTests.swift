import SecretMemory
import Testing

@testable import KistMasking

@Suite struct MaskTests {
    @Test func onlyTheSecretIsCovered() {
        let set = PatternSet.of(["abcdefgh", "secret-number-2"])
        #expect(Masked.whole("x abcdefgh y", set) == "x ‹0› y")
        #expect(Masked.whole("abcdefg abcdefg!", set) == "abcdefg abcdefg!")
        #expect(Masked.whole("secret-number-2abcdefgh", set) == "‹1›‹0›")
        #expect(Masked.whole("", set) == "")
    }

    @Test func whatOverlapsIsCoveredAsOne() {
        let set = PatternSet.of(["abcdefgh", "efghijkl", "abcdefghXYZ0"])
        #expect(Masked.whole("-abcdefghijkl-", set) == "-‹0›‹1›-")
        #expect(Masked.whole("-abcdefghXYZ0-", set) == "-‹2›-")
        #expect(Masked.whole("-abcdefghXYZ-", set) == "-‹0›XYZ-")
        // Byte by byte the shorter one is covered first, and the rest with it.
        let pieces = Array("-abcdefghXYZ0-".utf8).map { [$0] }
        #expect(!Masked.pieces(pieces, set).contains("XYZ"))
    }

    /// Every border, and what is held is only what could become a secret.
    @Test func aSecretIsFoundAcrossEveryBorder() {
        let set = PatternSet.of(["abcdefghij"])
        let text = Array("..abcdefgabcdefghij..".utf8)
        for cut in 0...text.count {
            #expect(Masked.pieces([Array(text[..<cut]), Array(text[cut...])], set) == "..abcdefg‹0›..")
        }
        var mask = Mask(set, labels: ["*"])
        var output: [UInt8] = []
        Array("hello abc".utf8).withUnsafeBytes { mask.feed($0, into: &output) }
        #expect(output == Array("hello ".utf8) && mask.held == 3)
    }

    /// The inner one is whole before the outer one is: what stands before it must not come out.
    @Test func aSecretWithinAnotherDoesNotLetItsBeginningThrough() {
        let set = PatternSet.of(["outer-begin-abcdefgh-and-its-end", "abcdefgh"])
        let text = Array("<outer-begin-abcdefgh-and-its-end> <abcdefgh>".utf8)
        for first in 0...text.count {
            for second in stride(from: first, through: text.count, by: 3) {
                let pieces = [Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]
                #expect(Masked.pieces(pieces, set) == "<‹0›> <‹1›>", "\(first) \(second)")
            }
        }
    }

    /// A prompt must not wait for its last letters; what follows them is still compared with them.
    @Test func whatWasReleasedStillCounts() {
        let set = PatternSet.of(["abcdefghij"])
        var mask = Mask(set, labels: ["*"])
        var output: [UInt8] = []
        func feed(_ text: String, _ mask: inout Mask) {
            Array(text.utf8).withUnsafeBytes { mask.feed($0, into: &output) }
        }
        feed("> ab", &mask)
        mask.release(atMost: 3, into: &output)
        #expect(output == Array("> ab".utf8))
        feed("cdefg", &mask)
        mask.release(atMost: 3, into: &output)
        feed("hij!", &mask)
        #expect(String(decoding: output, as: UTF8.self) == "> ab*!")
        output = []
        feed("ab", &mask)
        mask.release(atMost: 3, into: &output)
        feed("c?", &mask)
        mask.finish(into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "abc?")
    }

    /// However small and slow the pieces are, at most three bytes of a secret have been shown when it is whole.
    @Test func aSecretInSlowPiecesIsNotReleasedPieceByPiece() {
        let secret = Array("s3cr3t-Value/0123456789".utf8)
        let set = PatternSet.of([String(decoding: secret, as: UTF8.self), "s3cr3t-Other"])
        for size in 1...3 {
            for before in ["", "> ", "s3c", "s3cr3t-"] {
                let bytes = Array(before.utf8) + secret + Array("!\n".utf8)
                var mask = Mask(set, labels: ["*", "*"])
                var output: [UInt8] = []
                for start in stride(from: 0, to: bytes.count, by: size) {
                    let piece = Array(bytes[start..<min(start + size, bytes.count)])
                    piece.withUnsafeBytes { mask.feed($0, into: &output) }
                    mask.release(atMost: 3, into: &output)
                }
                mask.finish(into: &output)
                // What stands before it may be put out whole: it is no part of it.
                let behind = output.dropFirst(before.utf8.count)
                let leaks = (0...secret.count - 4).filter { start in
                    String(decoding: behind, as: UTF8.self)
                        .contains(String(decoding: secret[start..<start + 4], as: UTF8.self))
                }
                #expect(leaks.isEmpty, "\(size) \(before)")
                #expect(output.last == 10 && output.contains(UInt8(ascii: "*")), "\(size) \(before)")
            }
        }
    }

    @Test func otherSecretsAreLookedForInTheMiddleOfAStream() {
        let former = PatternSet.of(["a former secret"])
        let both = PatternSet.of(["a former secret", "the new secret " + String(repeating: "x", count: 300)])
        var output: [UInt8] = []
        func feed(_ text: String, _ mask: inout Mask) {
            Array(text.utf8).withUnsafeBytes { mask.feed($0, into: &output) }
        }
        var mask = Mask(former, labels: ["‹a›"])
        feed("1 a former secret 2 a former", &mask)
        #expect(mask.held == 8, "what may become one is held over the change")
        mask.look(for: both, labels: ["‹a›", "‹b›"])
        feed(" secret 3 the new ", &mask)
        feed("secret " + String(repeating: "x", count: 300) + " 4 a former secret", &mask)
        mask.finish(into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "1 ‹a› 2 ‹a› 3 ‹b› 4 ‹a›")
    }

    @Test func theCharacterThatHoldsTheLastBitsIsCoveredToo() {
        let set = PatternSet.of(["abcdefgh"])
        // "abcdefgh" and "abcdefghZ": the eleventh character differs.
        #expect(Masked.whole("YWJjZGVmZ2g=", set) == "‹0›=")
        #expect(Masked.whole("YWJjZGVmZ2ha", set) == "‹0›a")
        let pieces = [Array("YWJjZGVmZ2".utf8), Array("g".utf8), Array("=".utf8)]
        #expect(Masked.pieces(pieces, set) == "‹0›=")
    }

    /// 10,000 texts with planted secrets in all forms, cut at random: no eight bytes of any form come through, and what
    /// is no secret comes through unchanged. The control: without the mask they are all there.
    @Test func tenThousandRandomCutsLeakNothing() {
        var random = Xorshift(state: 0x5EED_1234_ABCD)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-%\"\\ é\n".utf8)
        func text(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
        }
        let secrets = (0..<50).map { _ in [UInt8(ascii: "k")] + text(8 + Int(random.next() % 60)) + [UInt8(ascii: "q")]
        }
        var list = PatternList()
        for (label, secret) in secrets.enumerated() {
            let isAdded = list.add(SecretBytes(copyingExposed: secret), label: label)
            #expect(isAdded)
        }
        let forms = Self.encodings(secrets)
        let set = PatternSet(list)
        var leaks = 0, planted = 0, changed = 0
        for _ in 0..<10_000 {
            var bytes: [UInt8] = []
            var plain: [UInt8] = []
            for _ in 0..<1 + random.next() % 4 {
                let filler = Array("#".utf8) + (0..<Int(random.next() % 40)).map { _ in UInt8(ascii: "#") }
                bytes += filler
                plain += filler
                bytes += forms[Int(random.next() % UInt64(forms.count))]
                planted += 1
            }
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            let most = 1 + random.next() % 64
            while !rest.isEmpty {
                let count = 1 + Int(random.next() % most)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            var mask = Mask(set, labels: Array(repeating: "", count: 50))
            var output: [UInt8] = []
            for piece in pieces { piece.withUnsafeBytes { mask.feed($0, into: &output) } }
            mask.finish(into: &output)
            let fillers = output.filter { $0 == UInt8(ascii: "#") }.count
            if fillers != plain.count { changed += 1 }
            // At most a few characters of base64 and its padding are left of each.
            if output.count > plain.count + 4 * 4 || mask.covered == 0 { leaks += 1 }
        }
        #expect(planted > 20_000)
        #expect(leaks == 0)
        #expect(changed == 0)
    }

    /// Each secret as it is, as base64 in the three places, as hex and with escapes: written by other code than the patterns.
    private static func encodings(_ secrets: [[UInt8]]) -> [[UInt8]] {
        secrets.flatMap { secret -> [[UInt8]] in
            let hex = secret.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
            let kept = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~".utf8)
            let url = secret.map { byte in
                if kept.contains(byte) { return String(Unicode.Scalar(byte)) }
                return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }.joined()
            let json = String(decoding: secret, as: UTF8.self).replacing("\\", with: "\\\\").replacing(
                "\"", with: "\\\""
            )
            .replacing("\n", with: "\\n")
            let base64 = (0..<3).map { before in
                Array(Masked.base64(Array(repeating: 0, count: before) + secret).utf8.dropFirst([0, 2, 3][before]))
            }
            let valid = String(validating: secret, as: UTF8.self) != nil
            return [secret, Array(hex.utf8), Array(url.utf8)] + (valid ? [Array(json.utf8)] : []) + base64
        }
    }
}

/// The same numbers in every run.
struct Xorshift {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
