import KistModel
import SecretMemory
import Testing

@testable import KistCrypto

/// Codes as the standards have them, and texts as platforms and other programs have them.
@Suite struct OneTimeCodeTests {
    /// RFC 6238, appendix B: one secret of 20, 32 and 64 bytes, eight digits.
    static let keys: [OneTimeText.Algorithm: String] = [
        .sha1: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        .sha256: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
        .sha512:
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA",
    ]

    static let vectors: [(Int64, OneTimeText.Algorithm, String)] = [
        (59, .sha1, "94287082"), (59, .sha256, "46119246"), (59, .sha512, "90693936"),
        (1_111_111_109, .sha1, "07081804"), (1_111_111_109, .sha256, "68084774"), (1_111_111_109, .sha512, "25091201"),
        (1_111_111_111, .sha1, "14050471"), (1_111_111_111, .sha256, "67062674"), (1_111_111_111, .sha512, "99943326"),
        (1_234_567_890, .sha1, "89005924"), (1_234_567_890, .sha256, "91819424"), (1_234_567_890, .sha512, "93441116"),
        (2_000_000_000, .sha1, "69279037"), (2_000_000_000, .sha256, "90698825"), (2_000_000_000, .sha512, "38618901"),
        (20_000_000_000, .sha1, "65353130"), (20_000_000_000, .sha256, "77737706"),
        (20_000_000_000, .sha512, "47863826"),
    ]

    func code(_ text: String, _ seconds: Int64) throws(OneTimeFault) -> String {
        var text = text
        var made = ""
        var fault: OneTimeFault?
        text.withUTF8 { bytes in
            do throws(OneTimeFault) {
                made = try OneTimeCode.make(UnsafeRawBufferPointer(bytes), now: Timestamp(seconds: seconds)).withBytes {
                    String(decoding: $0, as: UTF8.self)
                }
            } catch { fault = error }
        }
        if let fault { throw fault }
        return made
    }

    @Test func theVectorsOfTheStandard() throws {
        for (seconds, algorithm, expected) in Self.vectors {
            let text = "otpauth://totp/x?secret=\(Self.keys[algorithm]!)&algorithm=\(algorithm.rawValue)&digits=8"
            #expect(try code(text, seconds) == expected, "\(algorithm) at \(seconds)")
        }
    }

    @Test func sixDigitsOfThirtySecondsWhenNothingElseIsSaid() throws {
        let key = Self.keys[.sha1]!
        #expect(try code(key, 59) == "287082")
        #expect(try code(key, 30) == (try code(key, 59)))
        #expect(try code(key, 60) != (try code(key, 59)))
    }

    /// Keys longer than a block of SHA-1 are hashed first (RFC 2104); RFC 2202, case 6.
    @Test func aKeyLongerThanABlock() {
        let key = [UInt8](repeating: 0xaa, count: 80)
        let message = Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
        var tag = [UInt8](repeating: 0, count: 20)
        key.withUnsafeBytes { key in
            message.withUnsafeBytes { message in tag.withUnsafeMutableBytes { HMACSHA1.tag(key, message, into: $0) } }
        }
        #expect(
            tag == [
                0xaa, 0x4a, 0xe5, 0xe1, 0x52, 0x72, 0xd0, 0x0e, 0x95, 0x70, 0x56, 0x37, 0xce, 0x8a, 0x3b, 0x55, 0xed,
                0x40, 0x21, 0x12,
            ])
    }

    @Test(arguments: [
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======",
        "otpauth://totp/GitHub:ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=GitHub",
        "otpauth://totp/ada?issuer=x&secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq%3D%3D&period=30&algorithm=sha1&image=y",
        "OTPAUTH://TOTP/ada?SECRET=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&DIGITS=6",
    ])
    func whatPlatformsAndOtherProgramsWrite(text: String) throws {
        #expect(try code(text, 59) == "287082")
    }

    @Test(arguments: [
        ("", OneTimeFault.secret), ("GEZD", .secret), ("GEZDGNBVGY3TQOJ1", .secret), ("GEZDGNBVGY3TQ=OJQ", .secret),
        ("GEZDGNBVGY3TQOJQA", .secret), ("otpauth://totp/x?secret=", .secret), ("otpauth://totp/x", .secret),
        ("otpauth://steam/x?secret=GEZDGNBVGY3TQOJQ", .secret),
        ("otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1", .counter),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=5", .parameter("digits")),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=-6", .parameter("digits")),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=0", .parameter("period")),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=99999", .parameter("period")),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5", .parameter("algorithm")),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJA", .parameter("secret")),
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ%00", .secret),
        ("GEZDGNBVGY3TQOJQ\n", .secret),
    ])
    func whatIsNoSuchText(text: String, fault: OneTimeFault) {
        #expect(throws: fault) { try code(text, 59) }
    }
}
