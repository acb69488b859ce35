import KistPlatforms
import Testing

@testable import KistCLI

@Suite struct CurlOptionsTests {
    @Test func whatIsKnownIsPassedOnInItsLongForm() throws {
        let words = try CurlOptions.read(["kumo", "-sSX", "POST", "-d@-", "/a", "--json", "-x", "-o", "-"])
        #expect(words.others == ["kumo", "/a"])
        #expect(
            words.options == [
                "--silent", "--show-error", "--request", "POST", "--data", "@-", "--json", "-x", "--output", "-",
            ])
    }

    @Test(arguments: [
        "-L", "-v", "-k", "-K", "-x", "-u", "-n", "-E", "-b", "-c", "-sL", "-sSvf", "-:", "-q", "-J", "-p", "-P", "-Q",
        "--location", "--verbose", "--insecure", "--config", "--proxy", "--resolve", "--connect-to", "--next",
        "--netrc",
        "--user", "--oauth2-bearer", "--trace", "--trace-ascii", "--libcurl", "--dump-header", "--proto",
        "--proto-redir",
        "--max-redirs", "--unix-socket", "--abstract-unix-socket", "--preproxy", "--socks5", "--socks5-hostname",
        "--doh-url", "--dns-servers", "--interface", "--url", "--variable", "--expand-url", "--aws-sigv4", "--cert",
        "--key", "--engine", "--proxy-header", "--stderr", "--noproxy", "--no-q", "--disable", "--loc", "--locatio",
        "--hsts", "--alt-svc", "--haproxy-protocol", "--request-target", "--etag-save", "--cookie-jar", "--ftp-port",
    ])
    func everythingElseIsNot(_ option: String) {
        #expect(throws: Failure.self) { try CurlOptions.read(["kumo", "/a", option, "x"]) }
    }

    @Test func headersOfOnesOwnTakeNobodysPlace() {
        for header in [
            "X-API-Key: a", "x-api-key;", "X-Api-Key :a", "Host: b", "@f", "A: b\r\nC: d", "A: \0", ": x", "",
        ] {
            #expect(throws: Failure.self) { try CurlHeaders.check([header], own: ["X-API-Key"]) }
        }
        #expect(throws: Never.self) {
            try CurlHeaders.check(["Content-Type: a/b", "X-API-Keys: a"], own: ["X-API-Key"])
        }
    }

    @Test func onlyTheCredentialsOwnOriginsAreTaken() throws {
        let origins = [WebAddress("https://demo.kumoai.cloud/api")!, WebAddress("http://127.0.0.1:8080")!]
        func target(_ text: String) throws -> String {
            try CurlTarget(text, base: "https://demo.kumoai.cloud/api/", name: "kumo", origins: origins).url
        }
        #expect(try target("/v1/x?y=1") == "https://demo.kumoai.cloud/api/v1/x?y=1")
        #expect(try target("https://DEMO.kumoai.cloud:443/x") == "https://DEMO.kumoai.cloud:443/x")
        #expect(try target("http://127.0.0.1:8080/x") == "http://127.0.0.1:8080/x")
        for text in [
            "https://demo.kumoai.cloud.evil.example/", "http://demo.kumoai.cloud/", "https://demo.kumoai.cloud:444/",
            "https://demo.kumoai.cloud@evil.example/", "https://evil.example/@demo.kumoai.cloud",
            "https://demo.kumoai.cloud\\@evil.example", "https://demo.kumoai.cloud#@evil.example", "//evil.example",
            "https:/demo.kumoai.cloud/", "https:demo.kumoai.cloud", "demo.kumoai.cloud", "https://demo.kumoai.cloud./",
            "https://127.0.0.1:8080/", "http://127.0.0.1/", "http://127.1:8080/", "http://2130706433:8080/",
            "https://demo.kumoai.cloud /", "https://demo.kumoai.cloud\t/", "https://dem\u{f6}.kumoai.cloud/", "",
            "/{a}", "https://demo.kumoai.cloud/[1-9]\u{0}",
        ] {
            #expect(throws: Failure.self, "\(text)") { try target(text) }
        }
    }
}
