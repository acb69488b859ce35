import SecretMemory
import Testing

@testable import KistCrypto

@Suite struct CostTests {
    private let salt = [UInt8](repeating: 1, count: 16)

    @Test func theFloorIsDerivedByTheNormalPath() throws {
        let passphrase = SecretBytes(copyingExposed: Array("correct horse".utf8))
        let first = try Argon2id.derive(passphrase, salt: salt, cost: .floor, within: .here())
        let again = try Argon2id.derive(passphrase, salt: salt, cost: .floor, within: .here())
        let isSame = first == again
        #expect(isSame)
    }

    /// Ten thousand costs from hostile headers: refused before memory is taken.
    @Test func hostileCostsAreRefusedBeforeMemoryIsTaken() {
        let limits = Argon2Limits(memory: 4 * 1_024 * 1_024)
        let passphrase = SecretBytes(copyingExposed: [1])
        var refused = 0
        for number in 0..<10_000 as Range<UInt32> {
            let cost =
                number % 2 == 0
                ? Argon2Cost(passes: 2 + number % 3, memory: UInt32.max - number)
                : Argon2Cost(passes: UInt32.max - number, memory: 19_456 + number)
            do {
                _ = try Argon2id.derive(passphrase, salt: salt, cost: cost, within: limits)
            } catch .tooDear {
                refused += 1
            } catch {}
        }
        #expect(refused == 10_000)
    }

    @Test func underTheFloorOnlyKnowingly() throws {
        let cost = Argon2Cost(passes: 1, memory: 64)
        let passphrase = SecretBytes(copyingExposed: [1])
        #expect(throws: Argon2Error.tooCheap(cost)) {
            _ = try Argon2id.derive(passphrase, salt: salt, cost: cost, within: .here())
        }
        let limits = Argon2Limits(memory: 1_024, belowFloor: true)
        #expect(try Argon2id.derive(passphrase, salt: salt, cost: cost, within: limits).count == 32)
    }

    @Test(arguments: [
        (UInt64(16 * 1_024 * 1_024), Argon2Cost.standard), (UInt64(1_024 * 1_024), .standard),
        (UInt64(512 * 1_024), Argon2Cost(passes: 6, memory: 128 * 1_024)),
        (UInt64(256 * 1_024), Argon2Cost(passes: 12, memory: 64 * 1_024)),
        (UInt64(1_024), Argon2Cost(passes: 41, memory: 19_456)),
    ])
    func aSmallMachineGetsLessMemoryAndMorePasses(limit: UInt64, cost: Argon2Cost) {
        #expect(Argon2Cost.recommended(limit: limit) == cost)
    }

    @Test func theSmallestGroupOnTheWayUpCounts() {
        let files = [
            "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "268435456\n",
            "/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes": "1048576\n",
            "/sys/fs/cgroup/memory.max": "999999999\n",
        ]
        func limit(_ lines: String?) -> UInt64? { MachineMemory.groupLimit(lines: lines) { files[$0] } }
        #expect(limit("0::/a/b\n") == 268_435_456)
        #expect(limit("4:memory:/docker/x\n1:cpu:/\n") == 1_048_576)
        #expect(limit("4:cpu,memory:/docker/x\n0::/a\n") == 1_048_576)
        #expect(limit("0::/\n") == 999_999_999)
        #expect(limit("1:cpu:/a\n") == nil)
        #expect(limit("nonsense") == nil)
        #expect(limit(nil) == nil)
        #expect(MachineMemory.limit() > 64 * 1_024)
    }
}
