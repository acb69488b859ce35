import KistModel
import KistProtocol
import KistTestKit
import Testing

@testable import KistAgent

/// `reject`, and `list` for a helper that looks for a host.
@Suite struct RejectingTests {
    private func list(_ client: RawClient, _ filter: JSONValue?) throws -> [String] {
        let params: JSONValue = ["profile": "default", "filter": filter]
        let answer = try client.call(.list, params)
        return answer.result?["items"]?.array?.compactMap { $0["name"]?.string } ?? ["refused: \(answer.kind ?? "")"]
    }

    @Test func aRefusalIsNotedWithItsTraceAndHandsNothingOut() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        let params: JSONValue = ["profile": "default", "name": "a", "host": "git.example.com", "field": "key"]
        let other = try client.call(.reject, params, [Array("two".utf8)])
        #expect(other.result?["rejected"] == .bool(false))
        #expect(other.segments.isEmpty)
        let same = try client.call(.reject, params, [Array("one".utf8)])
        #expect(same.result?["rejected"] == .bool(true))
        let shown = try client.call(.show, ["profile": "default", "name": "a"])
        #expect(shown.result?["rejected"]?.array?.first?["host"] == "git.example.com")
        #expect(try client.call(.reject, params).kind == "invalid")
        #expect(try client.call(.reject, ["profile": "default", "name": "b", "host": "h"]).kind == "notFound")
        let verbs = try client.call(.audit, ["verbs": ["reject"]]).result?["items"]?.array ?? []
        // Each try stands there first, and what was refused a second time with the reason.
        #expect(verbs.count >= 4)
        #expect(verbs.contains { $0["result"] == "notFound" })
        _ = try client.call(.lock)
        #expect(try client.call(.reject, params, [Array("one".utf8)]).kind == "locked")
    }

    /// What `reject` says of a value.
    private func reject(_ client: RawClient, _ value: String, _ name: String = "a", at host: String = "h") throws
        -> String
    {
        let params: JSONValue = ["profile": "default", "name": .string(name), "host": .string(host), "field": "key"]
        let answer = try client.call(.reject, params, [Array(value.utf8)])
        return answer.kind ?? (answer.result?["rejected"] == .bool(true) ? "rejected" : "other")
    }

    private func set(_ client: RawClient, _ policy: Policy, _ name: String = "a") throws {
        let params = try PolicyRequest(profile: .default, name: CredentialName(name), policy: policy).json
        #expect(try client.call(.policy, params).result != nil)
    }

    /// A PIN has ten thousand values: to try half of them takes more than half a day.
    @Test(arguments: [Policy.allow, .runOnly])
    func guessingIsSlowAndIsSeen(_ policy: Policy) throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "1234")
        _ = try client.put("own", "known", requestID: "r2")
        try set(client, policy)
        let limits = Limits()
        for guess in 0..<limits.guesses { #expect(try reject(client, "\(guess)") == "other") }
        // Neither another connection, nor a right value, nor a lock in between makes it quicker.
        #expect(try reject(try agent.connect(), "1234") == "wait")
        _ = try client.call(.lock)
        #expect(try client.unlock().result != nil)
        #expect(try reject(client, "1234") == "wait")
        #expect(try reject(client, "known", "own") == "wait")
        agent.advance(seconds: limits.guessPause / 1_000_000_000)
        #expect(try reject(client, "known", "own") == "rejected")
        #expect(try reject(client, "4321") == "other")
        #expect(try reject(client, "1234") == "wait")
        #expect((5_000 * limits.guessPause) / 1_000_000_000 > 12 * 3_600)
        agent.advance(seconds: limits.guessPause / 1_000_000_000)
        #expect(try reject(client, "1234") == "rejected")
        let found = try client.call(.audit, ["verbs": ["reject"], "name": "a", "profile": "default"])
        let results = (found.result?["items"]?.array ?? []).compactMap { $0["result"]?.string }
        #expect(results.filter { $0 == "conflict" }.count == Int(limits.guesses) + 1)
        #expect(results.filter { $0 == "wait" }.count == 3)
    }

    /// Where a person is asked, nobody finds out without them, not even slowly; and what they agree to is one comparison.
    @Test func nothingIsComparedThatAPersonHasToAgreeTo() throws {
        let agent = try TestAgent(person: true)
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "1234")
        try set(client, .confirm)
        for guess in 0..<40 { #expect(try reject(client, guess % 2 == 0 ? "1234" : "\(guess)") == "other") }
        func isAgreed(_ purpose: String) throws {
            try client.ask(.reveal, ["wants": [["profile": "default", "name": "a"]], "purpose": .string(purpose)])
            try agent.say(try agent.question().number, .agreed)
            #expect(try client.receive()?.segments == [Array("1234".utf8)])
        }
        try isAgreed("provider")
        #expect(try reject(client, "4321") == "other")
        #expect(try reject(client, "1234") == "other")
        // To be shown is something else than to be handed to a tool that says what came of it.
        try isAgreed("get")
        #expect(try reject(client, "1234") == "other")
        try isAgreed("provider")
        #expect(try reject(client, "1234") == "rejected")
        #expect(try reject(client, "1234", at: "other") == "other")
        // A lock ends what was agreed to.
        try isAgreed("provider")
        _ = try client.call(.lock)
        #expect(try client.unlock().result != nil)
        #expect(try reject(client, "1234", at: "other") == "other")
        // Nor is it good for a value that came after it.
        try isAgreed("provider")
        _ = try client.put("a", "5678", requestID: "r2")
        #expect(try reject(client, "5678", at: "other") == "other")
        let found = try client.call(.audit, ["verbs": ["reject"]]).result?["items"]?.array ?? []
        #expect(found.filter { $0["result"] == "refused" }.count == 45)
    }

    /// Writing what is there already says whether it was there: the same answers, and what is not compared is written.
    @Test func aWriteIsNoOtherWayToGuess() throws {
        let agent = try TestAgent(person: true)
        defer { agent.finish() }
        let client = try agent.initialised()
        func store(_ value: String) throws -> Bool {
            let before = try client.call(.show, ["profile": "default", "name": "a"]).result?["revision"]
            let item: JSONValue = [
                "profile": "default", "name": "a", "platform": "fields", "plain": .empty, "order": [],
                "secrets": ["key"], "unlessSame": true,
            ]
            let id = JSONValue.string(String(UInt64.random(in: 0 ... .max), radix: 16))
            let answer = try client.call(.put, ["items": [item], "requestID": id, "why": "x"], [Array(value.utf8)])
            return try #require(answer.result)["revision"] != before
        }
        _ = try client.put("a", "1234")
        #expect(try !store("1234"))
        try set(client, .confirm)
        #expect(try store("1234") && store("1234"))
        try client.ask(.reveal, ["wants": [["profile": "default", "name": "a"]], "purpose": "provider"])
        try agent.say(try agent.question().number, .agreed)
        #expect(try client.receive()?.segments.count == 1)
        #expect(try !store("1234"))
        #expect(try store("1234"))
        try client.ask(.policy, try PolicyRequest(profile: .default, name: CredentialName("a"), policy: .runOnly).json)
        try agent.say(try agent.question().number, .agreed)
        #expect(try client.receive()?.result != nil)
        for guess in 0..<Limits().guesses { #expect(try store("\(guess)")) }
        #expect(try store("15"), "the last one again, which is not compared any more")
        #expect(try reject(client, "15") == "wait")
    }

    @Test func aListIsShortenedToWhatWasAskedFor() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        for (name, platform, url) in [
            ("a", "login", "https://git.example.com"), ("b", "login", "https://GIT.Example.com:8443/x"),
            ("c", "login", "https://other.org"), ("d", "github", ""), ("e", "kumo", "https://git.example.com"),
        ] {
            let item: JSONValue = [
                "profile": "default", "name": .string(name), "platform": .string(platform),
                "plain": ["url": .string(url)],
                "order": ["url"], "secrets": ["key"],
            ]
            let put = try client.call(
                .put, ["items": [item], "requestID": .string(name), "why": "add"], [Array("x".utf8)])
            #expect(put.result != nil)
        }
        #expect(try list(client, nil).count == 5)
        #expect(try list(client, []).isEmpty)
        let filter: JSONValue = [["platform": "login", "holds": "git.example.COM"], ["platform": "github"]]
        #expect(try list(client, filter) == ["a", "b", "d"])
        #expect(try list(client, [["platform": "login", "holds": ""]]) == ["refused: invalid"])
        #expect(try list(client, .array(Array(repeating: ["platform": "x"], count: 65))) == ["refused: invalid"])
    }
}

/// Values that follow from a credential are held for as long as they and it are good.
@Suite struct KeptTests {
    private func kept(_ client: RawClient, _ label: String = "role") throws -> [[UInt8]]? {
        let answer = try client.call(.kept, ["profile": "default", "name": "a", "label": .string(label)])
        return answer.result?["found"] == .bool(true) ? answer.segments : nil
    }

    private func revision(_ client: RawClient) throws -> JSONValue {
        try #require(try client.call(.show, ["profile": "default", "name": "a"]).result?["revision"])
    }

    private func keep(_ client: RawClient, _ agent: TestAgent, minutes: Int64 = 60) throws -> JSONValue? {
        let expires = Timestamp(seconds: agent.clock.agentClock.now().seconds + minutes * 60).description
        let params: JSONValue = [
            "profile": "default", "name": "a", "label": "role", "expires": .string(expires),
            "revision": try revision(client),
        ]
        return try client.call(.keep, params, [Array("key".utf8), Array("token".utf8)]).result?["kept"]
    }

    @Test func temporaryValuesAreHeldUntilShortlyBeforeTheirEnd() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        #expect(try kept(client) == nil)
        #expect(try keep(client, agent, minutes: 10) == .bool(true))
        #expect(try kept(client) == [Array("key".utf8), Array("token".utf8)])
        #expect(try kept(client, "another role") == nil)
        agent.advance(seconds: 5 * 60)
        #expect(try kept(client) == nil)
    }

    /// They were asked for with the credential as it was, and it was changed before they came.
    @Test func whatWasMadeFromAnEarlierRevisionIsNotHeld() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        let before = try revision(client)
        _ = try client.put("a", "two", requestID: "r2")
        let expires = Timestamp(seconds: agent.clock.agentClock.now().seconds + 3_600).description
        let params: JSONValue = [
            "profile": "default", "name": "a", "label": "role", "expires": .string(expires), "revision": before,
        ]
        #expect(try client.call(.keep, params, [Array("key".utf8)]).kind == "conflict")
        #expect(try kept(client) == nil)
        let without: JSONValue = ["profile": "default", "name": "a", "label": "role", "expires": .string(expires)]
        #expect(try client.call(.keep, without, [Array("key".utf8)]).kind == "invalid")
    }

    @Test func theTraceSaysWhetherSomethingLeft() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        #expect(try kept(client) == nil)
        #expect(try client.call(.show, ["profile": "default", "name": "a"]).result?["used"] == nil)
        _ = try keep(client, agent)
        #expect(try kept(client) != nil)
        let found = try client.call(.audit, ["verbs": ["kept"]]).result?["items"]?.array ?? []
        #expect(found.map { $0["result"] } == ["notFound", "ok"])
        #expect(try client.call(.show, ["profile": "default", "name": "a"]).result?["used"] != nil)
    }

    @Test func aChangeALockOrAQuestionEndsThem() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        _ = try keep(client, agent)
        _ = try client.put("a", "two", requestID: "r2")
        #expect(try kept(client) == nil)
        _ = try keep(client, agent)
        _ = try client.call(.lock)
        _ = try client.unlock()
        #expect(try kept(client) == nil)
        let policy = try PolicyRequest(profile: .default, name: CredentialName("a"), policy: .confirm).json
        #expect(try client.call(.policy, policy).result != nil)
        #expect(try keep(client, agent) == .bool(false))
        #expect(try kept(client) == nil)
    }
}
