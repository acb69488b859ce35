import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// Requests and answers that take several frames, through the real client.
struct BatchTests {
    private func item(_ index: Int, plain: Int = 0) throws -> PutItem {
        PutItem(
            profile: .default, name: try CredentialName("c\(index)"), platform: "fields",
            plain: plain > 0
                ? [PlainField(name: try FieldName("text"), value: String(repeating: "x", count: plain))] : [],
            secrets: [try FieldName("key")])
    }

    private func secrets(_ values: [String]) -> SecretSegments {
        SecretSegments(
            bytes: SecretBytes(copyingExposed: values.flatMap { $0.utf8 }), lengths: values.map(\.utf8.count))
    }

    @Test func aLargeBatchIsOneTransaction() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        _ = try agent.initialised()
        let connection = try agent.open()
        let items = try (0..<5_000).map { try item($0) }
        let result = try connection.put(items, secrets: secrets((0..<5_000).map { "value \($0)" }), why: "import")
        #expect(result.items.count == 5_000)
        #expect(Set(result.items) == [result.revision])
        #expect(try connection.list(profile: .default).count == 5_000)
        // The same revision for all: one write. And a batch with one wrong item writes none.
        var again = try (5_000..<7_000).map { try item($0) }
        again[1_999].name = try CredentialName("c7")
        again[1_999].ifRevision = 0
        do {
            _ = try connection.put(again, secrets: secrets((0..<2_000).map { "x\($0)" }), why: "import")
            Issue.record("an existing one was replaced")
        } catch { #expect(error.kind == .exists) }
        #expect(try connection.list(profile: nil).count == 5_000)
    }

    @Test func aBatchForALockedVaultGetsOneAnswer() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        _ = try agent.initialised().call(.lock)
        let connection = try agent.open()
        let items = try (0..<2_000).map { try item($0) }
        for _ in 0..<2 {
            do {
                _ = try connection.put(items, secrets: secrets((0..<2_000).map { "x\($0)" }), why: "import")
                Issue.record("written to a locked vault")
            } catch { #expect(error.kind == .locked) }
        }
        #expect(try connection.status().state == .locked)
    }

    @Test func revelationsBeyondOneFrame() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        _ = try agent.initialised()
        let connection = try agent.open()
        let values = (0..<40).map { "secret \($0) " + String(repeating: "s", count: $0 * 1_000) }
        _ = try connection.put(try (0..<40).map { try item($0, plain: 4_000) }, secrets: secrets(values), why: "add")
        let wants = try (0..<40).map { Want(profile: .default, name: try CredentialName("c\($0)")) }
        let reply = try connection.reveal(RevealRequest(wants: wants, purpose: .run))
        #expect(reply.items.count == 40)
        for index in 0..<40 {
            #expect(reply.items[index].overview.name.description == "c\(index)")
            let value = reply.value(index, try FieldName("key"))
            let text = value?.withBytes { String(decoding: $0, as: UTF8.self) }
            #expect(text == values[index])
        }
    }

    @Test func theSameRequestTwiceWritesOnce() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        let first = try client.put("a", "one", ifRevision: 0, requestID: "same")
        #expect(first.result != nil)
        let again = try client.put("a", "one", ifRevision: 0, requestID: "same")
        #expect(again.result?["revision"] == first.result?["revision"])
        #expect(try client.put("a", "one", ifRevision: 0, requestID: "other").kind == "exists")
        let items = try client.call(.history, ["profile": "default", "name": "a"]).result?["items"]?.array
        #expect(items?.count == 1)
        #expect(items?.first?["who"] == "test")
        #expect(items?.first?["why"] == "add")
    }

    @Test func revisionsGuardAgainstEachOther() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        let revision = try #require(try client.put("a", "one").result?["revision"]?.integer)
        #expect(try client.put("a", "two", ifRevision: revision, requestID: "2").result != nil)
        let late = try client.put("a", "three", ifRevision: revision, requestID: "3")
        #expect(late.kind == "conflict")
        #expect(late.header["error"]?["data"]?["revision"] == .integer(revision + 1))
        #expect(try client.reveal("a").segments == [Array("two".utf8)])
    }

    @Test func expiredOnesAreRefusedUnlessAskedFor() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        // The test's clock stands in January 2027.
        _ = try client.put("old", "x", expires: "2026-12-31T23:59:59Z")
        let refused = try client.reveal("old")
        #expect(refused.kind == "expired")
        #expect(refused.header["error"]?["data"]?["expires"] == "2026-12-31T23:59:59Z")
        #expect(refused.segments.isEmpty)
        let allowed = try client.call(
            .reveal,
            ["wants": [["profile": "default", "name": "old"]], "purpose": "get", "allowExpired": true])
        #expect(allowed.segments == [Array("x".utf8)])
    }

    @Test func frameLimitsAreTheClientsToo() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        _ = try agent.initialised()
        let connection = try agent.open()
        let one = try item(0)
        #expect(throws: ClientError.tooLarge) {
            try connection.put([one], secrets: secrets([String(repeating: "x", count: 1_048_577)]), why: "add")
        }
        #expect(try connection.list(profile: nil).isEmpty)
    }
}
