import KistProxy
import NIOHTTP1
import SecretMemory
import Testing

@Suite struct SubstitutionTests {
    static let standIn = "demo:kist-proxy-" + String(repeating: "A", count: 43)
    static let secret = "demo:qBX-J36iE8mL0o779j-U"

    static func make() -> Substitution {
        let pairs = [standIn, secret].map { Array($0.utf8) }
        return Substitution(
            SecretSegments(bytes: SecretBytes(copyingExposed: pairs.flatMap { $0 }), lengths: pairs.map(\.count)))
    }

    @Test func theSecretTakesThePlaceOfItsStandIn() {
        let made = Self.make()
        #expect(made.replaced(in: Self.standIn) == Self.secret)
        #expect(made.replaced(in: "Bearer \(Self.standIn)") == "Bearer \(Self.secret)")
        #expect(made.replaced(in: "application/json") == nil)
        #expect(made.replaced(in: String(Self.standIn.dropLast())) == nil)
        #expect(made.replaced(in: "") == nil)
    }

    @Test func basicCredentialsAreLookedInto() {
        // Base64 of "api:" and the stand-in, and of "api:" and the secret, by another implementation.
        let asked =
            "Basic YXBpOmRlbW86a2lzdC1wcm94eS1BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
        #expect(Self.make().replaced(in: asked) == "Basic YXBpOmRlbW86cUJYLUozNmlFOG1MMG83NzlqLVU=")
        for odd in ["Basic", "Basic ", "Basic !!!!", "Basic YQ===", "Basic =", "Basic YXBp", "Digest YXBp"] {
            #expect(Self.make().replaced(in: odd) == nil, "\(odd)")
        }
    }

    @Test func everyByteOfTheStandInCounts() {
        let made = Self.make()
        for index in Self.standIn.utf8.indices {
            var bytes = Array(Self.standIn.utf8)
            bytes[Self.standIn.utf8.distance(from: Self.standIn.utf8.startIndex, to: index)] ^= 1
            #expect(made.replaced(in: String(decoding: bytes, as: UTF8.self)) == nil)
        }
    }

    static let fields: Set<String> = ["x-api-key", "authorization"]

    @Test func whoHasNoStandInHasNotAsked() throws {
        let headers = HTTPHeaders([("Host", "127.0.0.1:1"), ("X-API-Key", "guessed"), ("Accept", "*/*")])
        #expect(try RequestHeaders.forPlatform(headers, Self.make(), in: Self.fields) == nil)
    }

    /// What a platform repeats of any other field would be the secret.
    @Test func aStandInBelongsIntoTheFieldOfTheCredential() {
        for (name, value) in [
            ("X-Request-Id", Self.standIn), ("User-Agent", "x \(Self.standIn)"), ("Cookie", "a=\(Self.standIn)"),
            ("Proxy-Authorization", "Bearer \(Self.standIn)"), ("Referer", "http://x/\(Self.standIn)"),
        ] {
            let headers = HTTPHeaders([("X-API-Key", Self.standIn), (name, value)])
            #expect(throws: RequestHeaders.Misplaced.self) {
                try RequestHeaders.forPlatform(headers, Self.make(), in: Self.fields)
            }
        }
    }

    /// Fields of the connection stay on it; what `Connection` names is one of them.
    @Test func fieldsOfTheConnectionGoNoFurther() throws {
        let headers = HTTPHeaders([
            ("Host", "127.0.0.1:1"), ("X-API-Key", Self.standIn), ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"),
            ("Proxy-Authorization", "Basic x"), ("Transfer-Encoding", "chunked"), ("TE", "trailers"), ("Accept", "*/*"),
        ])
        let sent = try #require(try RequestHeaders.forPlatform(headers, Self.make(), in: Self.fields))
        #expect(sent.map(\.name) == ["X-API-Key", "Accept"])
        #expect(sent["x-api-key"] == [Self.secret])
        // Named as a field of the connection, a stand-in proves nothing: the platform would not see it.
        let hidden = HTTPHeaders([("X-API-Key", Self.standIn), ("Connection", "X-API-Key")])
        #expect(throws: RequestHeaders.Misplaced.self) {
            try RequestHeaders.forPlatform(hidden, Self.make(), in: Self.fields)
        }
    }
}
