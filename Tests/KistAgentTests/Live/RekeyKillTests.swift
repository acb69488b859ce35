import Glibc
import KistClient
import KistModel
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

/// C1: the agent is killed while it encrypts a vault anew; the next one goes on.
@Suite(.serialized) struct RekeyKillTests {
    @Test func killsInTheMiddleOfARekeyLoseNothing() throws {
        let vault = LiveVault()
        let first = try vault.initialised()
        for number in 0..<60 { for round in 0...number % 3 { try first.store("c\(number)", "v\(number).\(round)") } }
        var written = 0
        try first.retire()
        #expect(eventually { vault.agents().isEmpty })
        var (kills, finished, cut) = (0, 0, 0)
        var random = SystemRandomNumberGenerator()
        while kills < 25 {
            let connection = try vault.unlocked()
            for number in 0..<60 { #expect(try connection.value("c\(number)") == "v\(number).\(number % 3)") }
            #expect(try connection.list(profile: .default).count == 60 + (written > 0 ? 1 : 0))
            if written > 0 { #expect(try connection.value("extra") == "w\(written)") }
            if try connection.rekeyStatus().phase == .none {
                finished += 1
                let request = RekeyRequest(.root, proof: SlotProof(with: .passphrase), passes: 2, memory: 19_456)
                _ = try connection.rekey(request, secrets: SecretSegments(LiveVault.passphrase()))
            } else {
                cut += 1
            }
            let pid = try connection.hello().pid
            let delay = Int(random.next() % 60)
            try Process.startThread {
                BootClock.sleep(milliseconds: delay)
                kill(pid, SIGKILL)
            }
            while (try? connection.store("extra", "w\(written + 1)")) != nil { written += 1 }
            // Whatever ended it: a kill that is still to come would meet the questions below.
            #expect(eventually { !vault.agents().contains(pid) })
            // The one that was on its way may have arrived.
            let next = try vault.unlocked()
            let arrived = written == 0 ? try? next.value("extra") : try next.value("extra")
            if arrived == "w\(written + 1)" { written += 1 }
            kills += 1
        }
        #expect(finished > 0)
        let last = try vault.unlocked()
        #expect(eventually { (try? last.rekeyStatus().phase) == RekeyProgress.Phase.none })
        #expect(try last.doctor(deep: true)["verified"]?.integer ?? 0 > 60)
    }
}
