import KistProviders
import SecretMemory
import Testing

@Suite struct CargoTests {
    /// As cargo 1.95 sends it, headers and members of later versions among it.
    @Test func whatCargoAsks() throws {
        let request = try Wire.cargo(
            #"{"v":1,"kind":"get","operation":"publish","name":"demo","vers":"0.1.0","cksum":"ab","new":{"a":[1,{"b":2}]},"#
                + #""registry":{"index-url":"sparse+https://index.crates.io/","name":"crates-io","headers":["a: b"]},"args":["x"]}"#
        )
        #expect(request.kind == .get)
        #expect(request.index == "sparse+https://index.crates.io/")
        #expect(request.registry == "crates-io" && request.operation == "publish" && request.package == "demo")
        #expect(CargoRequest.bare(request.index) == "https://index.crates.io")
        let login = try Wire.cargo(
            #"{"v":1,"registry":{"index-url":"https://x/"},"kind":"login","token":"t\"\u00e4","login-url":"https://x/me"}"#
        )
        #expect(login.kind == .login && login.loginURL == "https://x/me")
        #expect(login.token == "t\"ä")
        #expect(try Wire.cargo(#"{"v":1,"registry":{"index-url":"https://x/"},"kind":"later"}"#).kind == .unknown)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"v":1,"kind":"get"}"#, #"{"v":2,"kind":"get","registry":{"index-url":"https://x"}}"#,
        #"{"v":1,"kind":"get","registry":{"index-url":""}}"#, #"{"v":1,"kind":"get","registry":{"index-url":7}}"#,
        #"{"v":1,"kind":"get","registry":{"name":"x"}}"#, #"{"v":1,"registry":{"index-url":"https://x"}}"#,
        #"{"v":1,"kind":"get","kind":"login","registry":{"index-url":"https://x"}}"#,
        #"{"v":1,"kind":"get","registry":{"index-url":"https://x","index-url":"https://y"}}"#,
        #"{"v":1,"kind":"get","registry":{"index-url":"https://x"}} {}"#,
        #"{"v":1,"kind":"get","registry.index-url":"https://x"}"#,
        String(repeating: #"{"a":"#, count: 100_000),
    ])
    func whatIsNoRequest(text: String) {
        #expect(throws: ProviderRefusal.self) { _ = try Wire.cargo(text) }
    }

    @Test func whatCargoIsTold() throws {
        let token = SecretBytes(copyingExposed: Array("Bearer a\"b".utf8))
        #expect(
            Wire.text(try CargoAnswer.token(token, expiration: nil))
                == #"{"Ok":{"kind":"get","token":"Bearer a\"b","cache":"session","operation_independent":false}}"#
                + "\n"
        )
        #expect(
            Wire.text(try CargoAnswer.token(token, expiration: 17)).contains(#""cache":"expires","expiration":17,"#))
        #expect(
            CargoAnswer.failure("it is \"locked\"\n", causes: ["kist unlock"])
                == #"{"Err":{"kind":"other","message":"it is \"locked\"\u000a","caused-by":["kist unlock"]}}"# + "\n")
    }
}
