import KistPlatforms
import Testing

/// Where a credential may be offered: exactly there.
@Suite struct HostTests {
    private func platform(_ name: String) throws -> Platform { try PlatformCatalog(userFolder: nil).load(name) }

    private func match(
        _ url: String, _ authority: String, secure: Bool? = true, path: String? = nil, platform name: String = "login"
    ) throws -> HostMatch? {
        guard let query = HostQuery(authority: authority, isSecure: secure, path: path) else { return nil }
        return try platform(name).forLogins.answers(query, name: "x", plain: { $0 == "url" ? url : nil })
    }

    @Test func aHostCountsWithItsPortAndItsScheme() throws {
        let url = "https://git.example.com"
        #expect(try match(url, "git.example.com") == .exact)
        #expect(try match(url, "GIT.example.com:443") == .exact)
        #expect(try match(url, "git.example.com", secure: nil) == .exact)
        for other in [
            "example.com", "a.git.example.com", "git.example.com.evil.org", "git.example.co", "xgit.example.com",
            "git.example.com:8443", "git.example.com.", "*.example.com", "*", "",
        ] { #expect(try match(url, other) == nil, "\(other)") }
        #expect(try match("https://git.example.com:8443", "git.example.com:8443") == .exact)
        #expect(try match("https://git.example.com:8443", "git.example.com") == nil)
        #expect(try match("", "git.example.com") == nil)
    }

    @Test func nothingGoesOverPlainHTTPButHere() throws {
        #expect(HostQuery(authority: "git.example.com", isSecure: false) == nil)
        #expect(HostQuery(authority: "localhost.evil.org", isSecure: false) == nil)
        #expect(try match("https://127.0.0.1:8080", "127.0.0.1:8080", secure: false) == nil)
        #expect(try match("http://127.0.0.1:8080", "127.0.0.1:8080", secure: false) == .exact)
        #expect(try match("http://127.0.0.1:8080", "127.0.0.1:8080", secure: true) == nil)
        #expect(try match("http://git.example.com", "git.example.com", secure: nil) == nil)
    }

    @Test func aCredentialForOnePathIsNotOfferedForAnother() throws {
        let url = "https://h.example/a/b.git"
        #expect(try match(url, "h.example", path: "a/b.git") == .exact)
        #expect(try match(url, "h.example", path: "/a/b.git/") == .exact)
        #expect(try match(url, "h.example", path: "a/c.git") == nil)
        #expect(try match(url, "h.example") == .host)
        #expect(try match("https://h.example", "h.example", path: "a/b.git") == .host)
    }

    /// What a tool says as it is comes back from the address that is stored for it.
    @Test(arguments: ["a b/c.git", "a%20b", "a?b#c", "ä/\"x\"", "~me/a+b@c:d", "100%", "a\\b"])
    func aPathIsEncodedInAnAddress(_ path: String) throws {
        let query = try #require(HostQuery(authority: "h.example", isSecure: true, path: path))
        #expect(try match(query.url, "h.example", path: path) == .exact)
        #expect(try match(query.url, "h.example", path: path + "x") == nil)
        #expect(
            query.url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
    }

    /// A host with anything that another reader could take for the end of it is none.
    @Test func hostsThatReadersCouldTakeApartAreNone() {
        for byte in Array(UInt8(0)...32) + [35, 37, 47, 63, 64, 92, 127, 200] {
            let text = String(decoding: Array("a".utf8) + [byte] + Array("b.example".utf8), as: UTF8.self)
            #expect(HostQuery(authority: text, isSecure: true) == nil, "\(byte)")
        }
        #expect(HostQuery(authority: "user@h.example", isSecure: true) == nil)
        #expect(HostQuery(authority: "[::1]:80", isSecure: false)?.text == "[::1]")
    }

    /// Helpers take what a platform says about logins from a table, without reading its file.
    @Test func theTableOfLoginsIsThatOfTheFiles() throws {
        let found = try BuiltInPlatforms.names.map { try platform($0).forLogins }.filter { !$0.logins.isEmpty }
        #expect(found == LoginPlatform.builtIn)
    }
}
