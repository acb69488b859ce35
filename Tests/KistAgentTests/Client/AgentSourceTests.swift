import Glibc
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import Synchronization
import Testing

@testable import KistAgent
@testable import KistClient

/// `.agent` against a real agent: what programs that use the library see.
@Suite struct AgentSourceTests {
    private static func source(_ agent: TestAgent, deadline: Duration = .seconds(600)) -> AgentSource {
        let places = agent.places
        return AgentSource(profile: "default", deadline: deadline) { () throws(ClientError) in places }
    }

    private static func reason(_ body: () async throws -> Credential?) async -> CredentialError.Reason? {
        do {
            _ = try await body()
            return nil
        } catch { return (error as? CredentialError)?.reason }
    }

    /// The next question, waited for on a thread of its own: Swift's are few, and the asking task needs one.
    private static func question(_ agent: TestAgent) async throws -> (number: UInt32, text: String) {
        try await withCheckedThrowingContinuation { waiter in
            do { try Process.startThread { waiter.resume(with: Result { try Self.patiently(agent) }) } } catch {
                waiter.resume(throwing: error)
            }
        }
    }

    /// The task that leads to it may have to wait for its turn.
    private static func patiently(_ agent: TestAgent) throws -> (number: UInt32, text: String) {
        for _ in 0..<10 { if let question = try? agent.question() { return question } }
        return try agent.question()
    }

    @Test func itGivesWhatTheVaultHoldsAndNothingElse() async throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("kafka", "s3cr3t", requestID: "a")
        let source = Self.source(agent)
        for _ in 0..<3 {
            let found = try await source.require("kafka")
            #expect(found.secret("key")?.reveal() == "s3cr3t")
            #expect(found.platform == "fields" && found.profile == "default" && found.revision != nil)
        }
        #expect(try await source.credential(for: "other") == nil)
        #expect(try await source.credential(for: CredentialRequest("kafka", profile: "prod")) == nil)
        #expect(await Self.reason { try await source.credential(for: "no/name") } == .invalid)
    }

    @Test func aLockedVaultAndAnExpiredCredentialAreErrors() async throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("kafka", "s3cr3t", requestID: "a")
        _ = try client.put("old", "s3cr3t", requestID: "b", expires: "2020-01-01T00:00:00Z")
        let source = Self.source(agent)
        #expect(await Self.reason { try await source.credential(for: "old") } == .expired)
        _ = try client.call(.lock)
        #expect(await Self.reason { try await source.credential(for: "kafka") } == .locked)
        #expect(try client.unlock().result != nil)
        #expect(try await source.credential(for: "kafka") != nil)
    }

    /// Without an agent a vault is locked, and a machine without a vault has nothing.
    @Test func noAgentIsLockedAndNoVaultIsNothing() async throws {
        let agent = try TestAgent()
        _ = try agent.initialised()
        agent.finish()
        #expect(await Self.reason { try await Self.source(agent).credential(for: "kafka") } == .locked)
        let folder = TemporaryFolder()
        let places = Places(
            vault: folder.path + "/v.kist", runtime: folder.path + "/run", state: folder.path, config: folder.path,
            home: folder.path)
        let nowhere = AgentSource { () throws(ClientError) in places }
        #expect(try await nowhere.credential(for: "kafka") == nil)
        _ = folder
    }

    /// An agent that was replaced between two requests is nothing that the caller sees.
    @Test func anotherAgentIsFoundByItself() async throws {
        let agent = try TestAgent()
        let client = try agent.initialised()
        _ = try client.put("kafka", "s3cr3t", requestID: "a")
        let source = Self.source(agent)
        _ = try await source.require("kafka")
        agent.finish()
        #expect(await Self.reason { try await source.credential(for: "kafka") } == .locked)
    }

    @Test func manyTasksShareAFewConnections() async throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        for index in 0..<20 { _ = try client.put("k\(index)", "value \(index)", requestID: "r\(index)") }
        let source = Self.source(agent)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<200 {
                group.addTask {
                    let found = try await source.require(CredentialRequest("k\(task % 20)"))
                    return found.secret("key")?.reveal() == "value \(task % 20)"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    /// Over `confirm` a person is asked; who waits can go, and others are served meanwhile.
    @Test func cancellingAndDeadlinesEndAWaitForAPerson() async throws {
        let agent = try TestAgent(person: true)
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("careful", "s3cr3t", requestID: "a")
        _ = try client.put("plain", "value", requestID: "b")
        let confirm = try PolicyRequest(profile: .default, name: CredentialName("careful"), policy: .confirm).json
        #expect(try client.call(.policy, confirm).result != nil)
        let source = Self.source(agent)
        _ = try await source.require("plain")

        let waiting = Task { try await source.credential(for: "careful") }
        _ = try await Self.question(agent)
        #expect(try await source.require("plain").secret("key")?.reveal() == "value")
        waiting.cancel()
        await #expect {
            try await waiting.value
        } throws: { ($0 as? CredentialError)?.reason == .cancelled }

        let hasty = Self.source(agent, deadline: .milliseconds(50))
        #expect(await Self.reason { try await hasty.credential(for: "careful") } == .timeout)
        #expect(try await source.require("plain").secret("key")?.reveal() == "value")
    }

    @Test func aPersonWhoAgreesIsWaitedFor() async throws {
        let agent = try TestAgent(person: true)
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("careful", "s3cr3t", requestID: "a")
        let confirm = try PolicyRequest(profile: .default, name: CredentialName("careful"), policy: .confirm).json
        #expect(try client.call(.policy, confirm).result != nil)
        let source = Self.source(agent)
        for word in [PromptFrame.Word.agreed] {
            let waiting = Task {
                try await source.require(CredentialRequest("careful", reason: "nightly\u{202E} run"))
            }
            let question = try await Self.question(agent)
            #expect(question.text.contains("nightly"))
            try agent.say(question.number, word)
            #expect(try await waiting.value.secret("key")?.reveal() == "s3cr3t")
        }
    }

    @Test func aTaskThatWasCancelledBeforeIsNotServed() async throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("kafka", "s3cr3t", requestID: "a")
        let source = Self.source(agent)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await source.credential(for: "kafka")
        }
        task.cancel()
        await #expect {
            try await task.value
        } throws: { ($0 as? CredentialError)?.reason == .cancelled }
    }
}
