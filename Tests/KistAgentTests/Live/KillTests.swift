import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Synchronization
import Testing

/// C1 and C7: what was acknowledged is there, whole, whatever happens.
@Suite(.serialized) struct KillTests {
    @Test func aHundredKillsLoseNothingAndTearNothing() throws {
        let vault = LiveVault()
        try vault.initialised().retire()
        #expect(eventually { vault.agents().isEmpty })
        var acknowledged: [String: String] = [:]
        var kills = 0
        var random = SystemRandomNumberGenerator()
        var written = 0
        while kills < 100 {
            let connection = try vault.unlocked()
            // Everything that was ever acknowledged, every time; then what this round had not heard of.
            let names = try connection.list(profile: .default).map(\.name.description)
            for name in acknowledged.keys where !names.contains(name) { Issue.record("lost: \(name)") }
            for name in names {
                let value = try connection.value(name)
                if let expected = acknowledged[name] {
                    #expect(value == expected || value == expected + " again")
                } else {
                    #expect(value == "value of \(name)")
                }
                acknowledged[name] = value
            }
            let pid = try connection.hello().pid
            // After none, one or two acknowledged writes, however slow the machine is, and at any moment of the next ones.
            let before = kills % 3
            var heard = 0
            let delay = Int(random.next() % 20)
            let shoot: @Sendable () -> Void = {
                BootClock.sleep(milliseconds: delay)
                kill(pid, SIGKILL)
            }
            if before == 0 { try Process.startThread(shoot) }
            // New ones and changed ones in turn, until the agent is gone.
            while true {
                let isNew = written % 3 != 0 || acknowledged.isEmpty
                let name = isNew ? "c\(written)" : acknowledged.keys.sorted()[written % acknowledged.count]
                let value = isNew ? "value of \(name)" : (acknowledged[name] ?? "") + " again"
                written += 1
                guard !isNew || acknowledged.count < 40 else { continue }
                if !isNew, value.utf8.count > 200 { continue }
                do {
                    try connection.store(name, value)
                    acknowledged[name] = value
                } catch { break }
                heard += 1
                if heard == before { try Process.startThread(shoot) }
            }
            kills += 1
            #expect(eventually { !vault.agents().contains(pid) })
        }
        #expect(kills == 100)
        #expect(acknowledged.count >= 20)
    }

    @Test func eightWritersLoseNothing() throws {
        let vault = LiveVault()
        let first = try vault.initialised()
        let failures = Failures()
        inParallel(8) { writer in
            do {
                let connection = try vault.open()
                for index in 0..<50 { try connection.store("w\(writer)-\(index)", "\(writer) \(index)", ifRevision: 0) }
            } catch { failures.add("\(error)") }
        }
        #expect(failures.all == [])
        let overviews = try first.list(profile: .default)
        #expect(overviews.count == 400)
        // Each write has a revision of its own.
        #expect(Set(overviews.map(\.revision)).count == 400)
        for writer in 0..<8 { #expect(try first.value("w\(writer)-49") == "\(writer) 49") }
    }

    /// Compare-and-set: of those who saw the same revision, one wins each time.
    @Test func countingTogetherCountsEveryStep() throws {
        let vault = LiveVault()
        let first = try vault.initialised()
        try first.store("n", "0")
        let failures = Failures()
        inParallel(4) { _ in
            do {
                let connection = try vault.open()
                var steps = 0
                while steps < 25 {
                    let seen = try connection.show(profile: .default, name: try CredentialName("n")).revision
                    let count = Int(try connection.value("n") ?? "") ?? -1_000
                    do {
                        try connection.store("n", "\(count + 1)", ifRevision: seen)
                        steps += 1
                    } catch let error as ClientError where error.kind == .conflict { continue }
                }
            } catch { failures.add("\(error)") }
        }
        #expect(failures.all == [])
        #expect(try first.value("n") == "100")
    }

    private final class Failures: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }
}
