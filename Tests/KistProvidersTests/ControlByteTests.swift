import KistProviders
import SecretMemory
import Testing

/// B16: no control byte passes in any field of any protocol, in either direction, so that nothing can be split into more
/// than it is; and blank fields mean nothing.
@Suite struct ControlByteTests {
    /// All that the three protocols must not let through.
    static let bytes = Array(UInt8(0)..<32) + [0x7F]

    private func secret(_ bytes: [UInt8]) -> SecretBytes { SecretBytes(copyingExposed: bytes) }

    /// A value with the byte at its beginning, in its middle or at its end.
    private func bent(_ byte: UInt8, _ place: Int) -> [UInt8] {
        var value = Array("ab.example".utf8)
        value.insert(byte, at: [0, 2, value.count][place])
        return value
    }

    private func isRefused(_ body: () throws(ProviderRefusal) -> Void) -> Bool {
        do throws(ProviderRefusal) {
            try body()
            return false
        } catch { return true }
    }

    @Test(arguments: ["protocol", "host", "path", "username", "password", "oauth_refresh_token"])
    func gitRequestsAreRefused(_ field: String) {
        var refused = 0
        for byte in Self.bytes {
            for place in 0..<3 {
                let text = Array("\(field)=".utf8) + bent(byte, place) + Array("\n".utf8)
                // A line end ends the value: what follows is a line without a key, or nothing.
                if byte == 10, place != 1 { continue }
                #expect(isRefused { () throws(ProviderRefusal) in _ = try GitRequest(secret(text)) }, "\(byte)")
                refused += 1
            }
        }
        #expect(refused == 33 * 3 - 2)
    }

    private func login(_ user: String, _ password: borrowing SecretBytes) throws(ProviderRefusal) {
        var answer = GitAnswer()
        try answer.login(username: user, password: password)
    }

    private func token(_ token: borrowing SecretBytes) throws(ProviderRefusal) {
        var answer = GitAnswer()
        try answer.refreshToken(token)
    }

    private func header(_ authtype: String, _ credential: borrowing SecretBytes) throws(ProviderRefusal) {
        var answer = GitAnswer()
        try answer.header(authtype: authtype, credential: credential)
    }

    @Test func gitAnswersAreRefused() {
        var refused = 0
        for byte in Self.bytes {
            let bad = bent(byte, 1)
            let text = String(decoding: bad, as: UTF8.self)
            let good = secret([65])
            let spoilt = secret(bad)
            if isRefused({ () throws(ProviderRefusal) in try login(text, good) }) { refused += 1 }
            if isRefused({ () throws(ProviderRefusal) in try login("a", spoilt) }) { refused += 1 }
            if isRefused({ () throws(ProviderRefusal) in try token(spoilt) }) { refused += 1 }
            if isRefused({ () throws(ProviderRefusal) in try header(text, good) }) { refused += 1 }
            if isRefused({ () throws(ProviderRefusal) in try header("Bearer", spoilt) }) { refused += 1 }
        }
        #expect(refused == 33 * 5)
    }

    @Test func dockerIsRefusedBothWays() {
        var refused = 0
        for byte in Self.bytes {
            let text = String(decoding: bent(byte, 1), as: UTF8.self)
            let escaped = "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            // As an escape: the form that JSON itself lets pass.
            let value = "ab\(escaped).example"
            for field in ["ServerURL", "Username", "Secret"] {
                var fields = ["ServerURL": "h", "Username": "u", "Secret": "s"]
                fields[field] = value
                let json = "{" + fields.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",") + "}"
                if isRefused({ () throws(ProviderRefusal) in _ = try DockerLogin(secret(Array(json.utf8))) }) {
                    refused += 1
                }
            }
            for (server, user, password) in [(text, "u", "s"), ("h", text, "s"), ("h", "u", text)] {
                let isRefused = isRefused { () throws(ProviderRefusal) in
                    _ = try DockerAnswer.login(server: server, username: user, secret: secret(Array(password.utf8)))
                }
                if isRefused { refused += 1 }
            }
            #expect(
                isRefused { () throws(ProviderRefusal) in _ = try DockerRequest.server(secret(bent(byte, 1))) },
                "\(byte)")
        }
        #expect(refused == 33 * 6)
    }

    @Test func awsAnswersAreRefused() {
        var refused = 0
        for byte in Self.bytes {
            let bad = String(decoding: bent(byte, 1), as: UTF8.self)
            for field in 0..<5 {
                var values = ["id", "secret", "token", "2030-01-01T00:00:00Z", "123456789012"]
                values[field] = bad
                let isRefused = isRefused { () throws(ProviderRefusal) in
                    _ = try AWSAnswer.keys(
                        id: values[0], secret: secret(Array(values[1].utf8)),
                        sessionToken: secret(Array(values[2].utf8)),
                        expiration: values[3], account: values[4])
                }
                if isRefused { refused += 1 }
            }
        }
        #expect(refused == 33 * 5)
    }

    /// A field that is there and empty is not the same as any value.
    @Test func blankFieldsStayBlank() throws {
        let request = try GitRequest(secret(Array("protocol=https\nhost=\nusername=\n".utf8)))
        #expect(request.host == "")
        #expect(request.username == "")
        #expect(try DockerRequest.server(secret(Array(" \n".utf8))) == "")
        let login = try DockerLogin(secret(Array(#"{"Secret":"s"}"#.utf8)))
        #expect(login.server == "")
        #expect(login.username == "")
    }
}
