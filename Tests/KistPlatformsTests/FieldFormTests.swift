import KistPlatforms
import Testing

@Suite struct FieldFormTests {
    func check(_ form: FieldForm, _ bytes: [UInt8]) -> FieldFinding? { bytes.withUnsafeBytes { form.check($0) } }
    func check(_ form: FieldForm, _ text: String) -> FieldFinding? { check(form, Array(text.utf8)) }

    static let hex = String(repeating: "0123456789abcdefABCDEF0123456789", count: 2)
    static let certificate = "-----BEGIN CERTIFICATE-----\nMIIB+/kqh=\n-----END CERTIFICATE-----"
    static let pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg+/kqh=\n-----END PRIVATE KEY-----"

    @Test(
        arguments: [
            (FieldForm.token, "sk-abc_123.:/+="), (.customerSecret, "demo:s"), (.customerSecret, "a:b:c"),
            (.hex64Hex64, "\(hex).\(hex)"), (.url, "https://a.example/x"), (.url, "http://127.0.0.1:1/"),
            (.url, "http://localhost:8080"), (.url, "http://[::1]:9/x"), (.url, "https://[2001:db8::1]/"),
            (.host, "a.example"), (.host, "a.example:443"), (.label, "demo-1"), (.pem, pem), (.pem, "\n\(pem)\n"),
            (
                .pem,
                "-----BEGIN RSA PRIVATE KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n\r\nAAAA\r\n-----END RSA PRIVATE KEY-----"
                    .replacing(",", with: "")
            ),
            (.timestamp, "2027-01-31"), (.timestamp, "2027-01-31T10:00:00+02:00"), (.variable, "_MY_KEY9"),
            (.headerName, "X-API-Key"), (.boolean, "false"), (.totp, "gezd gnbv gy3t qojq"),
            (.totp, "otpauth://totp/ada?secret=GEZDGNBVGY3TQOJQ&digits=8"), (.certificate, certificate),
            (.certificate, "\(certificate)\r\n\(certificate)\n"),
            (.json, #" {"a":[1,-2.5e3,true,null,"ü\u00e4\n"],"b":{}} "#),
            (.text, "pass wörd 🗝"), (.lines, "a\n\tb\r\nc"),
        ])
    func takes(form: FieldForm, value: String) { #expect(check(form, value) == nil, "\(form) \(value)") }

    @Test(
        arguments: [
            (FieldForm.token, "a b"), (.token, "ü"), (.customerSecret, "nocolon"), (.customerSecret, ":x"),
            (.customerSecret, "x:"), (.customerSecret, "a b:c"), (.hex64Hex64, hex), (.hex64Hex64, "\(hex)g\(hex)"),
            (.hex64Hex64, "\(hex).\(hex)0"), (.url, "ftp://a/"), (.url, "https://"), (.url, "https:///x"),
            (.url, "https://u:p@a.example/"), (.url, "https://a.example/?k=v"), (.url, "https://a.example/#f"),
            (.url, "https://a.example:0/"), (.url, "https://a.example:99999/"), (.url, "https://a..b/"),
            (.url, "http://127.0.0.1.evil.example/"), (.url, "http://127.1/"), (.url, "http://0x7f.0.0.1/"),
            (.url, "http://127.0.0.01/"), (.url, "http://localhost.evil.example/"), (.url, "http://10.0.0.1/"),
            (.url, "https://a\\b/"), (.host, "https://a"), (.host, "a/b"), (.host, "a:b"), (.label, "a.b"),
            (.label, "-a"), (.pem, "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"), (.pem, "MIIE"),
            (.pem, "-----BEGIN PRIVATE KEY-----"), (.timestamp, "31.01.2027"), (.timestamp, "2027-02-30"),
            (.variable, "9A"), (.variable, "A-B"), (.headerName, "A:B"), (.headerName, "Host"), (.boolean, "yes"),
            (.totp, "GEZD"), (.totp, "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1"), (.totp, "GEZDGNBVGY3TQOJ1"),
            (.certificate, pem), (.certificate, "\(certificate)\nx"), (.json, "[1]"), (.json, "{"), (.json, "{} {}"),
            (.json, #"{"a":01x}"#), (.json, #"{"a" 1}"#), (.json, #"{"a":"\x"}"#), (.json, #"{"a":1,}"#),
            (.json, "{a:1}"),
            (.json, String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)),
        ])
    func refuses(form: FieldForm, value: String) { #expect(check(form, value) == .wrongForm(form), "\(form) \(value)") }

    @Test(arguments: FieldForm.allCases)
    func noFormTakesControls(form: FieldForm) {
        #expect(check(form, "") == .empty)
        #expect(check(form, "a\u{1b}[31m") == .controlCharacter)
        #expect(check(form, "a\0b") == .controlCharacter)
        #expect(check(form, "a\u{7f}") == .controlCharacter)
        if !form.isMultiline {
            #expect(check(form, "a\nb") == .lineBreak)
            #expect(check(form, "a\r") == .lineBreak)
        }
    }

    @Test func textIsUTF8WithoutTricks() {
        #expect(check(.text, [0x61, 0xc3]) == .notText)
        #expect(check(.text, [0xc0, 0x80]) == .notText)
        #expect(check(.text, [0xed, 0xa0, 0x80]) == .notText)
        #expect(check(.text, [0xf4, 0x90, 0x80, 0x80]) == .notText)
        #expect(check(.text, "a\u{85}b") == .controlCharacter)
        #expect(check(.text, "a\u{202e}b") == .controlCharacter)
        #expect(check(.text, "a\u{feff}b") == .controlCharacter)
    }

    /// Random bytes: every form answers, and what the standard library calls UTF-8 is what passes for it here.
    @Test func everyFormIsTotal() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let alphabet = [UInt8](Array("ab:/.-[]0hts\n\r@?#=".utf8) + [0xc3, 0xa9, 0xe2, 0x80, 0xff, 0])
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                Bool.random(using: &generator)
                    ? alphabet.randomElement(using: &generator)! : UInt8.random(in: 0...255, using: &generator)
            }
            for form in FieldForm.allCases { _ = check(form, bytes) }
            if check(.lines, bytes) == nil { #expect(String(validating: bytes, as: UTF8.self) != nil) }
            if check(.lines, bytes) == .notText { #expect(String(validating: bytes, as: UTF8.self) == nil) }
        }
    }
}
