import Glibc
import KistClient
import KistPosix
import KistProtocol
import KistTestKit
import SecretMemory
import Testing

struct SlotKillTests {
    private static func key(_ number: Int) -> SecretBytes {
        SecretBytes(copyingExposed: (0..<32).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0 &* 7) })
    }

    /// The agent is killed again and again while slots come and go: what was acknowledged stands, what was not is there or
    /// not, and everything that is there opens.
    @Test func aKilledAgentLeavesTheSlotsWhole() throws {
        let vault = LiveVault()
        let proof = SlotProof(with: .key)
        let first = try vault.initialised()
        let adding = SlotAddRequest(proof: SlotProof(with: .passphrase), kind: .keyFile, label: "k0")
        _ = try first.slotAdd(
            adding, secrets: SecretSegments(LiveVault.passphrase()).appending(SecretSegments(Self.key(0))))
        try first.retire()
        #expect(eventually { vault.agents().isEmpty })
        // By label; `nil` is not known.
        var acknowledged: [String: Bool] = [:]
        var random = SystemRandomNumberGenerator()
        var next = 1
        var changes = 0
        var kills = 0
        while kills < 30 || changes < 20 && kills < 300 {
            kills += 1
            let connection = try vault.open()
            _ = try connection.unlock(UnlockRequest(with: .key), secret: Self.key(0))
            let labels = try connection.slots().items.compactMap(\.label)
            for (label, isThere) in acknowledged { #expect(labels.contains(label) == isThere, "\(label)") }
            for label in labels where acknowledged[label] == nil { acknowledged[label] = true }
            for label in labels {
                let number = try #require(Int(label.dropFirst()))
                let test = SlotTargetRequest(proof: proof)
                #expect(try connection.slotTest(test, secrets: SecretSegments(Self.key(number))).label == label)
            }
            acknowledged = acknowledged.filter(\.value)
            let pid = try connection.hello().pid
            let delay = Int(random.next() % 80) + 2
            try Process.startThread {
                BootClock.sleep(milliseconds: delay)
                kill(pid, SIGKILL)
            }
            while true {
                let there = try? connection.slots().items.filter { $0.label != nil && $0.label != "k0" }
                guard let there else { break }
                let secrets = SecretSegments(Self.key(0))
                do {
                    if there.count > 4, let gone = there.first, let label = gone.label {
                        acknowledged[label] = nil
                        try connection.slotRemove(SlotTargetRequest(proof: proof, slot: gone.id), secrets: secrets)
                        acknowledged[label] = false
                    } else {
                        let label = "k\(next)"
                        let request = SlotAddRequest(proof: proof, kind: .keyFile, label: label)
                        let material = SecretSegments(Self.key(next))
                        next += 1
                        _ = try connection.slotAdd(request, secrets: secrets.appending(material))
                        acknowledged[label] = true
                    }
                    changes += 1
                } catch { break }
            }
            #expect(eventually { !vault.agents().contains(pid) })
        }
        #expect(changes >= 20, "something was tried")
    }
}
