import KistBundle
import KistCrypto
import KistModel
import KistProtocol
import SecretMemory
import Testing

/// What the agent hands out sealed, and what it refuses to.
struct SealingTests {
    private let now = Timestamp(seconds: 1_800_001_000)
    private let recipient: String
    private let seed = [UInt8](repeating: 5, count: 32)

    init() { recipient = Identity(seed: SecretBytes(copyingExposed: seed)).recipient.description }

    private func seal(
        _ client: RawClient, _ names: [String], to recipients: [String]? = nil, _ more: [JSONMember] = []
    ) throws -> RawClient.Answer {
        let items = JSONValue.array(names.map { ["profile": "default", "name": .string($0)] })
        let to = JSONValue.array((recipients ?? [recipient]).map { .string($0) })
        var members = [JSONMember("items", items), JSONMember("recipients", to)] + more
        if !more.contains(where: { $0.key == "label" }) { members.append(JSONMember("label", "ci.kist")) }
        return try client.call(.seal, .object(members))
    }

    private func opened(_ answer: RawClient.Answer) throws -> [String: String] {
        let key = try #require(VaultKey(answer.result?["vault"]?.string ?? ""))
        let file = IdentityFile(identity: Identity(seed: SecretBytes(copyingExposed: seed)), trusted: [key])
        let bundle = try OpenedBundle(answer.segments.flatMap { $0 }, with: file, now: now)
        var values: [String: String] = [:]
        for overview in bundle.overviews {
            for field in overview.secrets {
                values[overview.name.description] = bundle.withSecret(.default, overview.name, field) {
                    String(decoding: $0, as: UTF8.self)
                }
            }
        }
        return values
    }

    @Test func aSealedBundleHoldsTheNamedCredentialsAndIsNoted() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one", requestID: "1")
        _ = try client.put("b", "two", requestID: "2")
        _ = try client.put("c", "three", requestID: "3")
        let answer = try seal(client, ["a", "c"])
        #expect(try opened(answer) == ["a": "one", "c": "three"])
        #expect(answer.result?["vault"] == (try client.call(.sealer).result?["vault"]))
        for (name, count) in [("a", 1), ("b", 0), ("c", 1)] {
            let shown = try client.call(.show, ["profile": "default", "name": .string(name)])
            #expect(shown.result?["bundles"]?.array?.count ?? 0 == count)
        }
        // The answer came after the note was durable; the secrets are where they were.
        #expect(try client.reveal("a").segments == [Array("one".utf8)])
    }

    @Test func aLargeBundleComesInSegments() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", String(repeating: "a", count: 900_000), requestID: "1")
        _ = try client.put("b", String(repeating: "b", count: 600_000), requestID: "2")
        _ = try client.put("c", String(repeating: "c", count: 900_000), requestID: "3")
        let answer = try seal(client, ["a", "b"])
        #expect(answer.segments.count == 2)
        #expect(try opened(answer).mapValues(\.count) == ["a": 900_000, "b": 600_000])
        #expect(try seal(client, ["a", "c"]).kind == "tooLarge")
    }

    @Test func whatMayNotLeaveIsNotSealedNorNoted() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one", requestID: "1")
        _ = try client.put("old", "two", requestID: "2", expires: "2020-01-01T00:00:00Z")
        #expect(try seal(client, ["none"]).kind == "notFound")
        #expect(try seal(client, ["a", "a"]).kind == "invalid")
        #expect(try seal(client, []).kind == "invalid")
        #expect(try seal(client, ["a"], to: []).kind == "invalid")
        #expect(try seal(client, ["a"], to: [recipient, recipient]).kind == "invalid")
        #expect(try seal(client, ["a"], to: [String(recipient.dropLast())]).kind == "invalid")
        #expect(try seal(client, ["a"], [JSONMember("label", "a\u{1B}b")]).kind == "invalid")
        #expect(try seal(client, ["a"], [JSONMember("expires", "2020-01-01T00:00:00Z")]).kind == "notAllowed")
        #expect(try seal(client, ["a", "old"]).kind == "expired")
        #expect(try seal(client, ["old"], [JSONMember("allowExpired", true)]).result != nil)
        let shown = try client.call(.show, ["profile": "default", "name": "a"])
        #expect(shown.result?["bundles"] == nil)
        // The purpose is the method's own: a client cannot claim to seal and get the secret itself.
        let claimed = try client.call(
            .reveal, ["wants": [["profile": "default", "name": "a"]], "purpose": "seal"])
        #expect(claimed.kind == "invalid")
        _ = try client.call(.lock)
        #expect(try seal(client, ["a"]).kind == "locked")
        #expect(try client.call(.sealer).kind == "locked")
    }

    @Test func aCredentialThatAsksForConfirmationStaysInTheVault() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        let item: JSONValue = [
            "profile": "default", "name": "asking", "platform": "fields", "plain": .empty, "order": [],
            "secrets": ["key"], "policy": "confirm",
        ]
        _ = try client.call(.put, ["items": [item], "requestID": "1", "why": "add"], [[1]])
        let answer = try seal(client, ["asking"])
        #expect(answer.result == nil)
        #expect(answer.segments.isEmpty)
    }
}
