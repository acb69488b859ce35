import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// One vault, several agents: the lock decides, and its file says who.
@Suite(.serialized) struct SharingTests {
    /// A greeting that nobody waits for is taken with the first answer, and counts once.
    @Test func aGreetingMayGoAhead() throws {
        let vault = LiveVault()
        let holder = try vault.initialised()
        let connection = try vault.open(.noStart)
        try connection.greet()
        try connection.greet()
        #expect(!connection.hasAnswered)
        #expect(try connection.profiles().isEmpty)
        #expect(connection.hasAnswered)
        #expect(try connection.hello().pid == holder.hello().pid)
        // Or with the question who it is.
        let other = try vault.open(.noStart)
        try other.greet()
        #expect(try other.hello().state == .unlocked)
        #expect(try other.profiles().isEmpty)
    }

    @Test func aPrivateAgentWaitsAndThenNamesTheHolder() throws {
        let vault = LiveVault()
        let holder = try vault.initialised()
        let pid = try holder.hello().pid
        let own = try vault.open(.isolated)
        #expect(own.isPrivate)
        let before = BootClock.nanoseconds
        do {
            _ = try own.unlock(secret: LiveVault.passphrase())
            Issue.record("two agents have one vault open")
        } catch {
            guard case .agent(let failure) = error else { throw error }
            #expect(failure.kind == .holder)
            #expect(failure["pid"] == .integer(Int64(pid)))
            #expect(failure["since"]?.string.flatMap { Timestamp($0) } != nil)
        }
        // It waited: the bound is what was promised, not a measurement.
        #expect(BootClock.nanoseconds - before >= 4_900_000_000)
    }

    @Test func lockingLetsAnotherAgentIn() throws {
        let vault = LiveVault()
        let shared = try vault.initialised()
        try shared.store("a", "secret")
        try shared.lock()
        do {
            let own = try vault.unlocked(.isolated)
            #expect(try own.value("a") == "secret")
            try own.store("b", "from the private one")
        }
        // The private one ends with its connection, and the shared one gets the vault back, with what was written.
        _ = try shared.unlock(secret: LiveVault.passphrase())
        #expect(try shared.value("b") == "from the private one")
        #expect(eventually { vault.agents().count == 1 })
    }

    @Test func withoutARuntimeFolderTheLockFileSaysWhereItIs() throws {
        let vault = LiveVault()
        let shared = try vault.initialised()
        var cron = vault.places
        cron.runtime = nil
        let found = try AgentConnection.open(places: cron, mode: .shared, agent: LiveVault.program)
        #expect(!found.isPrivate)
        #expect(try found.hello().pid == shared.hello().pid)
        #expect(try found.status().state == .unlocked)
    }

    @Test func withoutARuntimeFolderAndWithoutAnAgentItIsPrivate() throws {
        let vault = LiveVault()
        try vault.initialised().retire()
        #expect(eventually { vault.agents().isEmpty })
        var cron = vault.places
        cron.runtime = nil
        do {
            let own = try AgentConnection.open(places: cron, mode: .shared, agent: LiveVault.program)
            #expect(own.isPrivate)
            _ = try own.unlock(secret: LiveVault.passphrase())
            #expect(vault.agents().count == 1)
        }
        #expect(eventually { vault.agents().isEmpty })
    }

    @Test func aRuntimeFolderThatIsGoneIsNone() throws {
        let vault = LiveVault()
        var afterLogout = vault.places
        afterLogout.runtime = vault.folder.path + "/removed/kist"
        let own = try AgentConnection.open(places: afterLogout, mode: .shared, agent: LiveVault.program)
        #expect(own.isPrivate)
        #expect(try own.status().state == .absent)
        // It stays gone: nobody makes a runtime folder in the system's place.
        #expect((try? FileStatus(of: vault.folder.path + "/removed")) == nil)
    }

    @Test func aFileReplacedUnderARunningAgentIsNoticed() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "secret")
        let copy = try File.read(vault.places.vault, most: 64 << 20)
        try File.replace(vault.places.vault, with: copy)
        for attempt in 0..<2 {
            do {
                try connection.store("b", "lost?")
                Issue.record("acknowledged into a file that is gone")
            } catch {
                // Locked after the first: what the agent knew of the vault is no longer true.
                #expect((error as? ClientError)?.kind == (attempt == 0 ? .replaced : .locked))
            }
        }
        _ = try connection.unlock(secret: LiveVault.passphrase())
        #expect(try connection.value("a") == "secret")
    }

    @Test func anotherAgentsProtocolIsAnErrorThatNamesIt() throws {
        let vault = LiveVault()
        try Folder.make(vault.places.runtime!)
        let listener = try UnixSocket.listen(at: vault.socket)
        try Folder.setMode(vault.socket, 0o600)
        let raw = listener.raw
        try Process.startThread {
            guard UnixSocket.wait(raw, toWrite: false, milliseconds: 10_000),
                let accepted = try? UnixSocket.accept(raw)
            else { return }
            let client = RawClient(socket: accepted)
            let failure = AgentFailure(
                .version, "this agent speaks another protocol", facts: [JSONMember("protocol", 7)])
            try? client.send(RawClient.frame(Response(id: 1, .failure(failure)).json.encoded))
            BootClock.sleep(milliseconds: 500)
        }
        do {
            _ = try vault.open(.noStart).status()
            Issue.record("talked to another protocol")
        } catch { #expect(error.kind == .version) }
    }

    @Test func privateFoldersGoWithTheirProcess() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        let sleeper = Command.start(["/bin/sleep", "60"])
        let path = try connection.folder(
            FolderRequest(
                pid: sleeper.pid, files: [.init(path: "connections.toml"), .init(path: "sub/key.p8", mode: 0o400)]),
            contents: SecretSegments(bytes: SecretBytes(copyingExposed: "onetwo".utf8), lengths: [3, 3]))
        #expect(path.hasPrefix(vault.places.runtime! + "/run-"))
        let folder = try FileStatus(of: path)
        #expect(folder.mode == 0o700)
        #expect(try FileStatus(of: path + "/connections.toml").mode == 0o600)
        #expect(try FileStatus(of: path + "/sub/key.p8").mode == 0o400)
        #expect(try File.read(path + "/sub/key.p8", most: 10) == Array("two".utf8))
        sleeper.kill(SIGKILL)
        _ = sleeper.wait()
        #expect(eventually { (try? FileStatus(of: path)) == nil })
    }

    @Test func foldersOfAKilledAgentAreClearedUp() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        let (dead, alive) = (Command.start(["/bin/sleep", "60"]), Command.start(["/bin/sleep", "60"]))
        func folder(_ pid: Int32) throws -> String {
            try connection.folder(
                FolderRequest(pid: pid, files: [.init(path: "x")]),
                contents: SecretSegments(SecretBytes(copyingExposed: "x".utf8)))
        }
        let (first, second) = (try folder(dead.pid), try folder(alive.pid))
        kill(try connection.hello().pid, SIGKILL)
        #expect(eventually { vault.agents().isEmpty })
        dead.kill(SIGKILL)
        _ = dead.wait()
        #expect((try? FileStatus(of: first)) != nil)
        // The next agent removes what is left over, and watches what is in use.
        _ = try vault.open().status()
        #expect((try? FileStatus(of: first)) == nil)
        #expect((try? FileStatus(of: second)) != nil)
        alive.kill(SIGKILL)
        _ = alive.wait()
        #expect(eventually { (try? FileStatus(of: second)) == nil })
    }
}
