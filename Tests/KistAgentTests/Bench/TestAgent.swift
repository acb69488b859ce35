import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import StoreSQLite
import Synchronization

@testable import KistAgent

/// An agent on a thread of this process, with a clock that the test moves.
final class TestAgent: Sendable {
    static let passphrase = Array("correct horse".utf8)
    /// The floor: tests derive often.
    static let cheap: JSONValue = ["passes": 2, "memory": 19_456]

    private struct State {
        var alarm: Wakeup?
        var failure: String?
        var isDone = false
    }

    let folder = TemporaryFolder()
    let clock = TestClock()
    let places: Places
    private let state = Mutex(State())
    /// The test's end of the prompter's socket, and the agent's until it is taken.
    private let person: Mutex<Int32>
    private let prompter: Int32

    /// - Parameter person: whether there is somebody to be asked: `question` and `say`.
    init(person hasPerson: Bool = false, _ change: @Sendable (inout Limits) -> Void = { _ in }) throws {
        if hasPerson {
            let pair = try UnixSocket.makePair()
            prompter = dup(pair.other.raw)
            person = Mutex(pair.takeOne().release())
        } else {
            prompter = -1
            person = Mutex(-1)
        }
        places = Places(
            vault: folder.path + "/v.kist", runtime: folder.path + "/run", state: folder.path + "/state",
            config: folder.path, home: folder.path)
        var limits = Limits()
        change(&limits)
        try start(limits)
    }

    private func start(_ limits: Limits) throws {
        let options = AgentOptions(vault: places.vault, runtime: places.runtime, state: places.state)
        let agentClock = clock.agentClock
        try Process.startThread { [self] in
            do {
                guard let place = try ListeningPlace.take(runtime: places.runtime!, vault: places.vault) else {
                    return fail("the place is taken")
                }
                let agent = try Agent(
                    options: options, stores: StoreFactory(open: SQLiteStore.open, create: SQLiteStore.create),
                    limits: limits, clock: agentClock)
                if prompter >= 0 { try agent.connect(prompter: Descriptor(owning: prompter), place: "a test") }
                try agent.listen(place)
                state.withLock { $0.alarm = agent.alarm }
                agent.run()
                state.withLock { $0.isDone = true }
            } catch { fail("\(error)") }
        }
        guard eventually({ state.withLock { $0.alarm != nil || $0.failure != nil } }),
            state.withLock({ $0.failure == nil })
        else { throw Failed(why: state.withLock { $0.failure } ?? "it did not start") }
    }

    deinit { close(person.withLock { $0 }) }

    struct Failed: Error { var why: String }

    /// The next question to the person.
    func question() throws -> (number: UInt32, text: String) {
        let raw = person.withLock { $0 }
        var bytes: [UInt8] = []
        while true {
            if let question = try PromptFrame.takeQuestion(&bytes) {
                guard bytes.isEmpty else { throw Failed(why: "two questions at once") }
                return question
            }
            guard UnixSocket.wait(raw, toWrite: false, milliseconds: 30_000) else { throw Failed(why: "no question") }
            // To the end of one question: they come one at a time.
            var byte: UInt8 = 0
            guard read(raw, &byte, 1) == 1 else { throw Failed(why: "the agent has ended") }
            bytes.append(byte)
        }
    }

    /// The person's answer.
    func say(_ number: UInt32, _ word: PromptFrame.Word) throws {
        let bytes = PromptFrame.answer(number, word)
        guard write(person.withLock { $0 }, bytes, bytes.count) == bytes.count else { throw Failed(why: "write") }
    }

    private func fail(_ why: String) { state.withLock { $0.failure = why } }

    var isDone: Bool { state.withLock { $0.isDone } }

    /// Moves the clock and lets the agent look at it.
    func advance(seconds: Int64) {
        clock.advance(seconds: seconds)
        ring()
    }

    func ring() { state.withLock { $0.alarm }?.signal() }

    /// A connection that has not said hello.
    func connectRaw() throws -> RawClient {
        try RawClient(path: AgentPlace.socket(inRuntime: places.runtime!, vault: places.vault))
    }

    func connect() throws -> RawClient {
        let client = try connectRaw()
        try client.hello()
        return client
    }

    /// Through the real client.
    func open() throws -> AgentConnection { try AgentConnection.open(places: places, mode: .noStart) }

    /// A connection to a vault that was just made and is unlocked.
    func initialised() throws -> RawClient {
        let client = try connect()
        guard try client.call(.initialise, Self.cheap, [Self.passphrase]).result != nil else {
            throw Failed(why: "init")
        }
        return client
    }

    /// Puts so many credentials, `n0` and on, each with two bytes `A` as its only value.
    func fill(_ count: Int) throws {
        let items = try (0..<count).map { number in
            PutItem(
                profile: .default, name: try CredentialName("n\(number)"), platform: "fields",
                secrets: [try FieldName("key")])
        }
        let secrets = SecretSegments(
            bytes: SecretBytes(copyingExposed: Array(repeating: 65, count: 2 * count)),
            lengths: Array(repeating: 2, count: count))
        _ = try open().put(items, secrets: secrets, why: "import")
    }

    var lockFile: String { AgentPlace.vaultLock(places.vault) }

    /// Whether nobody has the vault's lock.
    var isLockFree: Bool {
        guard let file = try? File.open(AgentPlace.vaultLock(places.vault), flags: 2) else { return true }
        return (try? FileLock.tryLock(file)) == true
    }

    func finish() {
        if let client = try? connectRaw() { _ = try? client.ask(.retire) }
        _ = eventually { isDone }
    }
}

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let nanoseconds = Mutex<Int64>(1_000_000_000_000)

    func advance(seconds: Int64) { nanoseconds.withLock { $0 += seconds * 1_000_000_000 } }
    func advance(milliseconds: Int64) { nanoseconds.withLock { $0 += milliseconds * 1_000_000 } }

    var agentClock: AgentClock {
        AgentClock(
            nanoseconds: { [self] in nanoseconds.withLock { $0 } },
            now: { [self] in Timestamp(seconds: 1_800_000_000 + nanoseconds.withLock { $0 } / 1_000_000_000) })
    }
}

extension RawClient {
    /// Writes one credential with one secret.
    func put(
        _ name: String, _ secret: String, ifRevision: Int64? = nil, requestID: String? = nil, expires: String? = nil
    ) throws -> Answer {
        var item: [JSONMember] = [
            JSONMember("profile", "default"), JSONMember("name", .string(name)), JSONMember("platform", "fields"),
            JSONMember("plain", .empty), JSONMember("order", []), JSONMember("secrets", ["key"]),
        ]
        if let ifRevision { item.append(JSONMember("ifRevision", .integer(ifRevision))) }
        if let expires { item.append(JSONMember("expires", .string(expires))) }
        let id = requestID ?? String(UInt64.random(in: 0 ... .max), radix: 16)
        return try call(
            .put, ["items": [.object(item)], "requestID": .string(id), "why": "add"], [Array(secret.utf8)])
    }

    func reveal(_ name: String) throws -> Answer {
        try call(.reveal, ["wants": [["profile": "default", "name": .string(name)]], "purpose": "get"])
    }

    func unlock(_ passphrase: [UInt8] = TestAgent.passphrase, lease: Bool = false, for seconds: Int64? = nil) throws
        -> Answer
    {
        var params: [JSONMember] = [JSONMember("with", "passphrase")]
        if let seconds { params.append(JSONMember("for", .integer(seconds))) }
        if lease { params.append(JSONMember("lease", true)) }
        return try call(.unlock, .object(params), [passphrase])
    }

    func state() throws -> String? { try call(.status).result?["state"]?.string }
}
