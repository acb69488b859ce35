import KistProviders
import SecretMemory
import Testing

/// Bytes of any kind: an answer or a refusal, never a trap, and nothing twice.
@Suite struct HostileInputTests {
    private func secret(_ text: String) -> SecretBytes { SecretBytes(copyingExposed: Array(text.utf8)) }

    @Test(arguments: [
        "host", "=x", "host=a\nhost=b", "password=a\npassword=b", "protocol=https\nprotocol=http", "a\rb=c", "x=\u{7F}",
    ])
    func brokenGitRequestsAreRefused(_ text: String) {
        #expect(throws: ProviderRefusal.self) { _ = try GitRequest(secret(text)) }
    }

    @Test func aLineHasAnEnd() throws {
        let longest = String(repeating: "a", count: GitRequest.longestLine - 1 - 10)
        _ = try GitRequest(secret("wwwauth[]=\(longest)\n"))
        #expect(throws: ProviderRefusal.self) { _ = try GitRequest(secret("wwwauth[]=a\(longest)\n")) }
    }

    @Test(arguments: [
        "", "[]", "{", "{\"a\"}", "{\"a\":1}", "{\"a\":null}", "{\"a\":\"b\",}", "{\"a\":\"b\"}x",
        "{\"a\":\"b\",\"a\":\"c\"}",
        "{\"Secret\":\"\\ud800\"}", "{\"Secret\":\"\\ud800\\u0041\"}", "{\"Secret\":\"\\x\"}", "{\"Secret\":\"\\u00\"}",
        "{\"Secret\":\"a\nb\"}", "{\"ServerURL\":\"h\"}", "{\"Secret\":{}}",
    ])
    func brokenObjectsAreRefused(_ text: String) {
        #expect(throws: ProviderRefusal.self) { _ = try DockerLogin(secret(text)) }
    }

    @Test func textsOfJSONAreReadAndWrittenExactly() throws {
        let login = try DockerLogin(secret(#" { "Secret" : "q\"\\\/ä\u00e4\ud83d\ude00" , "Other":"x" } "#))
        let value = login.secret.withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(value == "q\"\\/ää😀")
        let answer = try DockerAnswer.login(server: "h", username: "u", secret: login.secret)
        let again = try DockerLogin(answer)
        let isSame = again.secret == login.secret
        #expect(isSame)
    }

    /// Bytes that are bent, cut and doubled: whatever is taken has no control character in it.
    @Test func bentRequestsNeverDoHarm() {
        let good = Array(
            "capability[]=authtype\nprotocol=https\nhost=example.com:8443\nusername=a\npassword=b\n\n".utf8)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bent = good
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let at = Int.random(in: 0..<bent.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bent[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bent.removeSubrange(at..<min(bent.count, at + Int.random(in: 1...9, using: &random)))
                default: bent.insert(contentsOf: bent[at..<min(bent.count, at + 12)], at: at)
                }
                if bent.isEmpty { bent = good }
            }
            if let request = try? GitRequest(SecretBytes(copyingExposed: bent)) {
                for text in [request.scheme, request.host, request.path, request.username] {
                    #expect(text?.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 } ?? true)
                }
            }
            _ = try? DockerLogin(SecretBytes(copyingExposed: bent))
            _ = try? DockerRequest.server(SecretBytes(copyingExposed: bent))
        }
    }
}
