import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Synchronization
import Testing

/// The real program: found, started, left alone.
@Suite(.serialized) struct StartTests {
    private final class Pids: Sendable {
        let found = Mutex<[Int32]>([])
        let errors = Mutex<[String]>([])
    }

    @Test func twentyClientsAtOnceGetOneAgent() throws {
        for _ in 0..<3 {
            let vault = LiveVault()
            let pids = Pids()
            inParallel(20) { _ in
                do {
                    let pid = try vault.open().hello().pid
                    pids.found.withLock { $0.append(pid) }
                } catch { pids.errors.withLock { $0.append("\(error)") } }
            }
            #expect(pids.errors.withLock { $0 } == [])
            let found = pids.found.withLock { $0 }
            #expect(found.count == 20)
            #expect(Set(found).count == 1)
            #expect(eventually { vault.agents().count == 1 })
        }
    }

    @Test func nothingOfTheStarterIsInherited() throws {
        let vault = LiveVault()
        // Open files that must not reach the agent.
        let file = try File.open(vault.folder.path + "/mine", flags: O_RDWR | O_CREAT)
        file.setCloseOnExec(false)
        setenv("KIST_TEST_CANARY", "environment canary", 1)
        defer { unsetenv("KIST_TEST_CANARY") }
        let connection = try vault.open()
        let pid = try connection.hello().pid
        let process = "/proc/\(pid)"
        #expect(try File.read(process + "/environ", most: 65_536) == [])
        #expect(try Folder.realPath(of: process + "/cwd") == "/")
        #expect(getsid(pid) != getsid(0))
        for name in try Folder.names(in: process + "/fd") {
            guard let target = try? Self.link("\(process)/fd/\(name)") else { continue }
            let number = try #require(Int(name))
            if number < 3 { #expect(target == "/dev/null") }
            #expect(!target.hasSuffix("/mine"))
        }
        let status = String(decoding: try File.read(process + "/status", most: 65_536), as: UTF8.self)
        #expect(status.contains("Umask:\t0077"))
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(status.contains("Seccomp:\t2"))
        // Nobody's child: what the user runs next never has to wait for it.
        #expect(!status.contains("PPid:\t\(getpid())\n"))
    }

    private static func link(_ path: String) throws -> String {
        var bytes = [CChar](repeating: 0, count: 4_096)
        let count = readlink(path, &bytes, bytes.count)
        guard count >= 0 else { throw PosixError("readlink") }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A lock file comes with the vault's folder, which may be a copy of somebody else's. Whoever listens where it leads is
    /// told no secret before it has said which vault is its own.
    @Test func nothingFollowsALockFileOnTrust() throws {
        let vault = LiveVault()
        let trap = TemporaryFolder()
        let listener = try UnixSocket.listen(at: trap.path + "/sock")
        try Folder.setMode(trap.path + "/sock", 0o600)
        try Folder.make(vault.folder.path + "/data")
        let lock = Rendezvous(
            socket: trap.path + "/sock", pid: getpid(), ticks: Process.startTime(of: getpid()),
            since: Timestamp(seconds: 0),
            boot: Process.bootID, host: Process.host)
        try File.replace(vault.lockFile, with: lock.json.encoded)
        let heard = Mutex<[UInt8]>([])
        let raw = listener.raw
        try Process.startThread {
            guard UnixSocket.wait(raw, toWrite: false, milliseconds: 30_000),
                let socket = try? UnixSocket.accept(raw)
            else { return }
            // Whatever comes without an answer.
            while UnixSocket.wait(socket.raw, toWrite: false, milliseconds: 500) {
                var bytes = [UInt8](repeating: 0, count: 4_096)
                let count = (try? bytes.withUnsafeMutableBytes { try UnixSocket.receive(socket.raw, $0) }) ?? 0
                guard count > 0 else { break }
                heard.withLock { $0 += bytes[..<count] }
            }
        }
        #expect(throws: ClientError.self) {
            try vault.open(.noStart).unlock(secret: SecretBytes(copyingExposed: "correct horse".utf8))
        }
        let bytes = heard.withLock { $0 }
        #expect(contains(bytes, Array("hello".utf8)))
        #expect(!contains(bytes, Array("correct horse".utf8)))
    }

    @Test func aMissingProgramIsNamed() {
        let vault = LiveVault()
        for mode in [AgentConnection.Mode.shared, .isolated] {
            do {
                let connection = try AgentConnection.open(
                    places: vault.places, mode: mode, agent: "/nowhere/kist-agent")
                _ = try connection.hello()
                Issue.record("started what is not there")
            } catch {
                guard case .cannotStart(let why) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(why.contains("No such file"))
            }
        }
    }

    @Test func withoutStartingThereIsNone() {
        let vault = LiveVault()
        #expect(throws: ClientError.notRunning) { try vault.open(.noStart) }
        #expect(vault.agents().isEmpty)
    }

    @Test func anAgentThatWasKilledIsReplaced() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        try connection.store("a", "secret")
        let pid = try connection.hello().pid
        kill(pid, SIGKILL)
        #expect(eventually { !vault.agents().contains(pid) })
        // The socket of the dead one is still there.
        #expect((try? FileStatus(of: vault.socket))?.kind == .socket)
        let next = try vault.unlocked()
        #expect(try next.hello().pid != pid)
        #expect(try next.value("a") == "secret")
    }

    @Test func retireEndsItAndTheNextStartsAnother() throws {
        let vault = LiveVault()
        let connection = try vault.initialised()
        let pid = try connection.hello().pid
        try connection.retire()
        #expect(eventually { vault.agents().isEmpty })
        #expect(throws: PosixError.self) { try FileStatus(of: vault.socket) }
        #expect(try vault.open().hello().pid != pid)
    }

    @Test func signalsEndItInOrder() throws {
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            let vault = LiveVault()
            let connection = try vault.initialised()
            kill(try connection.hello().pid, signal)
            #expect(eventually { vault.agents().isEmpty })
            #expect(throws: PosixError.self) { try FileStatus(of: vault.socket) }
            // The lock file stays: a lock on a file that others do not see protects nothing.
            #expect((try? FileStatus(of: vault.lockFile))?.kind == .file)
        }
    }
}
