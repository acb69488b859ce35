import Glibc
import KistClient
import KistCrypto
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

@testable import KistAgent

/// Nothing counts without a trace, and what cannot leave one does not happen.
struct AuditTraceTests {
    /// One line of the log, as far as these tests look at it.
    private func line(_ entry: AuditEntry) -> String {
        let names = entry.targets.map { ([$0.name?.description ?? "\($0.profile)"] + $0.fields.map(\.description)) }
        return ([entry.verb, entry.purpose, entry.result].filter { !$0.isEmpty } + names.flatMap { $0 })
            .joined(separator: " ")
    }

    private func entries(_ agent: TestAgent, after: UInt64 = 0) throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        try agent.open().audit(AuditRequest(after: after)) { entries.append($0) }
        return entries
    }

    /// Those that a reveal may say.
    private static let purposes = RevealRequest.Purpose.allCases.filter { $0 != .seal }

    /// B10's matrix: every way by which something leaves or changes the vault.
    @Test func everyWayLeavesATrace() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        _ = try client.put("b", "two", requestID: "r2", expires: "2000-01-01T00:00:00Z")
        for purpose in Self.purposes {
            let wants: JSONValue = [["profile": "default", "name": "a"]]
            #expect(try client.call(.reveal, ["wants": wants, "purpose": .string(purpose.rawValue)]).result != nil)
        }
        #expect(try client.reveal("b").kind == "expired")
        #expect(try client.reveal("c").kind == "notFound")
        #expect(try client.put("a", "x", ifRevision: 0, requestID: "r3").kind == "exists")
        let a: JSONValue = ["profile": "default", "name": "a"]
        let machine: JSONValue = .string(Identity.make().recipient.description)
        let sealed = try client.call(.seal, ["items": [a], "recipients": [machine], "label": "ci.kist"])
        #expect(sealed.result != nil)
        #expect(try client.call(.restore, ["profile": "default", "name": "a", "revision": 2]).result != nil)
        #expect(try client.call(.profileCreate, ["name": "p"]).result != nil)
        #expect(try client.call(.profileCopy, ["from": "default", "to": "q"]).result != nil)
        #expect(try client.call(.profileRemove, ["name": "q"]).result != nil)
        #expect(try client.call(.remove, a).result != nil)
        _ = try client.call(.lock)
        #expect(try client.unlock(Array("wrong".utf8)).kind == "wrongKey")
        agent.advance(seconds: 1)
        #expect(try client.unlock().result != nil)
        agent.advance(seconds: 16 * 60)
        #expect(try client.state() == "locked")
        #expect(try client.unlock(for: 60).result != nil)
        let found = try entries(agent)
        let expected =
            ["log new ok", "init ok", "put ok a key", "put ok b key"]
            + Self.purposes.map { "reveal \($0) ok a key" }
            + [
                "reveal get expired b", "reveal get notFound c", "put ok a key", "put exists a key",
                "seal ok a key", "restore ok a",
                "profileCreate ok p", "profileCopy ok default q", "profileRemove ok q", "remove ok a",
                "lock asked ok", "unlock passphrase ok", "lock idle ok", "unlock passphrase ok",
            ]
        #expect(found.map(line) == expected)
        #expect(found.map(\.sequence) == Array(1...UInt64(expected.count)))
        #expect(found.first { $0.verb == "unlock" }?.reason == "after 1 wrong key")
        let reveal = try #require(found.first { $0.verb == "reveal" })
        #expect(reveal.who.client == "test")
        #expect(reveal.who.pid == getpid())
        #expect(reveal.who.user == geteuid())
        #expect(!reveal.who.program.isEmpty)
        #expect(reveal.targets.first?.revision == 2)
        #expect(try agent.open().verifyAudit(recoveryCode: .init(count: 0) { _ in }) { _ in }.faults == [])
    }

    /// Every method is either known here or leaves a trace by itself: a new one that is forgotten fails here or is written.
    @Test func methodsWithoutATraceAreTheHarmlessOnes() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        let before = try #require(try entries(agent).last).sequence
        for method: Method in [.hello, .status, .list, .show, .history, .profiles, .doctor, .slots, .audit] {
            let params: JSONValue =
                switch method {
                case .hello: ["protocol": 1, "version": "test"]
                case .list: ["all": true]
                case .show, .history: ["profile": "default", "name": "a"]
                default: .empty
                }
            _ = try client.call(method, params)
        }
        #expect(try entries(agent, after: before) == [])
        // Anything else, however it ends.
        let harmless: Set<Method> = [
            .hello, .status, .list, .show, .history, .profiles, .doctor, .slots, .audit, .auditVerify, .folder,
            .sealer, .seen, .backupPart, .rekeyStatus, .lock, .retire, .unlock, .initialise,
        ]
        // Asked again and again, or answered in several frames: what they begin has its own trace.
        for method in Method.allCases where !harmless.contains(method) && !Self.withTheirOwn.contains(method.rawValue) {
            let last = try #require(try entries(agent).last).sequence
            _ = try? agent.connect().call(method, ["profile": "default", "name": "nobody", "wants": []])
            #expect(try !entries(agent, after: last).isEmpty, "\(method)")
        }
    }

    private static let withTheirOwn: Set<String> = [
        "reveal", "put", "restore", "profileCreate", "profileCopy", "profileRemove", "seal",
    ]

    @Test func whatWasHandedOutLastIsInTheList() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        _ = try client.put("b", "two", requestID: "r2")
        #expect(try agent.open().list(profile: .default).map(\.lastUsed) == [nil, nil])
        agent.advance(seconds: 60)
        _ = try client.reveal("a")
        let used = Timestamp(seconds: agent.clock.agentClock.now().seconds)
        #expect(try agent.open().list(profile: .default).map(\.lastUsed) == [used, nil])
        _ = try client.call(.lock)
        agent.advance(seconds: 60)
        #expect(try client.unlock().result != nil)
        #expect(try agent.open().show(profile: .default, name: try CredentialName("a")).lastUsed == used)
    }

    /// A limit on the size of files stands for a full disk: the log is the first that grows into it.
    @Test func aFullDiskHandsNothingOut() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let agent = try TestAgent()
            let client = try agent.initialised()
            for name in ["a", "b"] { _ = try client.put(name, "secret", requestID: name) }
            let log = agent.places.vault + ".audit"
            let size = try FileStatus(of: log).size
            var limit = rlimit(rlim_cur: rlim_t(max(size + 4_000, 100_000)), rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(1), &limit)
            var handedOut = 0
            while handedOut < 2_000 {
                let answer = try client.reveal("a")
                guard answer.result != nil else {
                    guard answer.kind == "notAudited", answer.segments.isEmpty else { fatalError("\(answer)") }
                    break
                }
                handedOut += 1
            }
            guard handedOut > 5, handedOut < 2_000 else { fatalError("\(handedOut)") }
            guard try client.put("c", "secret", requestID: "c").kind == "notAudited" else { fatalError("written") }
            // What nobody should ever be kept from.
            guard try client.call(.remove, ["profile": "default", "name": "b"]).result != nil else { fatalError("rm") }
            guard try client.call(.lock).result != nil else { fatalError("lock") }
            guard try client.unlock().result != nil else { fatalError("unlock") }
            guard try client.reveal("a").kind == "notAudited" else { fatalError("handed out") }
            var none = rlimit(rlim_cur: rlim_t.max, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(1), &none)
            guard try client.reveal("a").result != nil else { fatalError("not again") }
            var entries: [AuditEntry] = []
            try agent.open().audit(AuditRequest()) { entries.append($0) }
            guard entries.filter({ $0.verb == "reveal" && $0.result == "ok" }).count == handedOut + 1 else {
                fatalError("entries")
            }
            guard entries.contains(where: { $0.missed > 0 }) else { fatalError("nothing missed") }
            agent.finish()
        }
    }

    @Test func aLogThatIsTakenAwayIsNoticedWithinASecond() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        let log = agent.places.vault + ".audit"
        try Folder.rename(log, to: log + "-away")
        _ = try client.reveal("a")
        agent.advance(seconds: 1)
        #expect(eventually { (try? FileStatus(of: log)) != nil })
        let findings = try agent.open().verifyAudit(recoveryCode: .init(count: 0) { _ in }) { _ in }
        #expect(!findings.faults.isEmpty)
        // What is handed out now is in the new one.
        _ = try client.reveal("a")
        #expect(try entries(agent).last.map(line) == "reveal get ok a key")
    }

    @Test func theRecoveryCodeProvesTheLogOfANewVault() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.connect()
        let made = try client.call(.initialise, TestAgent.cheap, [TestAgent.passphrase])
        let code = try #require(made.segments.first)
        _ = try client.put("a", "one")
        _ = try client.reveal("a")
        _ = try client.call(.lock)
        agent.advance(seconds: 1)
        #expect(try client.unlock().result != nil)
        let findings = try agent.open().verifyAudit(recoveryCode: .init(copyingExposed: code)) { _ in }
        #expect(findings.faults == [])
        #expect(findings.proved == findings.entries)
        #expect(findings.entries == 6)
        #expect(try client.call(.auditVerify, .empty, [Array("no code".utf8)]).kind == "invalid")
    }

    /// A folder in the place of the log: removing and locking go on, and are counted as soon as there is a log again.
    @Test func whatNoLogCouldTakeIsCountedWhenThereIsOneAgain() throws {
        let agent = try TestAgent()
        defer { agent.finish() }
        let client = try agent.initialised()
        _ = try client.put("a", "one")
        _ = try client.put("b", "two", requestID: "r2")
        _ = try client.call(.lock)
        let log = agent.places.vault + ".audit"
        try Folder.rename(log, to: log + "-away")
        #expect(mkdir(log, 0o700) == 0)
        agent.advance(seconds: 1)
        #expect(try client.unlock().result != nil)
        #expect(try client.reveal("a").kind == "notAudited")
        #expect(try client.call(.remove, ["profile": "default", "name": "b"]).result != nil)
        _ = try client.call(.lock)
        #expect(rmdir(log) == 0)
        try Folder.rename(log + "-away", to: log)
        agent.advance(seconds: 1)
        #expect(try client.unlock().result != nil)
        let last = try #require(try entries(agent).last { $0.missed > 0 })
        // Unlocking, the refusal, removing and locking.
        #expect(last.verb == "unlock")
        #expect(last.missed >= 3)
        let findings = try agent.open().verifyAudit(recoveryCode: .init(count: 0) { _ in }) { _ in }
        #expect(findings.faults.map(\.what) == ["\(last.missed) entries before it could not be written"])
    }
}
