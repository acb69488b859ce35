import Glibc
import Synchronization
import Testing

@testable import SecretMemory

@Suite struct SlabPoolTests {
    @Test(arguments: [
        (0, 64), (1, 64), (64, 64), (65, 128), (128, 128), (129, 256), (4_096, 4_096), (4_097, 8_192), (65_536, 65_536),
        (65_537, 69_632), (1_000_000, 1_003_520),
    ])
    func blocksComeInClasses(count: Int, size: Int) { #expect(SlabPool.blockSize(count) == size) }

    @Test func aBlockIsWipedBeforeItCanBeTakenAgain() throws {
        let pool = SlabPool.own()
        pool.withLock { pool in
            let block = pool.take(200)!
            memset(block, 0xAA, 200)
            pool.giveBack(block, 200)
            #expect(UnsafeRawBufferPointer(start: block, count: 256).allSatisfy { $0 == 0 })
            #expect(pool.take(200)! == block, "the block is used again")
        }
    }

    @Test func everyBlockIsZeroAndApartFromTheOthers() throws {
        let pool = SlabPool.own()
        pool.withLock { pool in
            var starts: [Int] = []
            for round in 0..<500 {
                let block = pool.take(100)!
                #expect(UnsafeRawBufferPointer(start: block, count: 128).allSatisfy { $0 == 0 })
                memset(block, Int32(round % 255 + 1), 128)
                starts.append(Int(bitPattern: block))
            }
            starts.sort()
            #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 >= 128 })
        }
    }

    @Test func useAndHighWaterAreCounted() {
        let pool = SlabPool.own()
        pool.withLock { pool in
            let small = pool.take(10)!
            let large = pool.take(100_000)!
            #expect(pool.status.inUse == 64 + 102_400)
            pool.giveBack(large, 100_000)
            pool.giveBack(small, 10)
            #expect(pool.status.inUse == 0)
            #expect(pool.status.highWater == 64 + 102_400)
            #expect(pool.status.mapped == 16 * 1_024, "a large block goes back to the system, a slab is kept")
        }
    }

    /// The kernel's own word: locked (`lo`) and left out of core dumps (`dd`).
    @Test func pagesAreLockedAndNotDumped() throws {
        let pool = SlabPool.own()
        let addresses = pool.withLock { pool in
            [Int(bitPattern: pool.take(40)!), Int(bitPattern: pool.take(200_000)!)]
        }
        #expect(pool.withLock { $0.status.locked })
        for address in addresses {
            let flags = try #require(Self.flags(address))
            #expect(flags.contains("lo") && flags.contains("dd"), "\(flags)")
        }
        // The control: ordinary memory has neither.
        let ordinary = malloc(16)!
        defer { free(ordinary) }
        let flags = try #require(Self.flags(Int(bitPattern: ordinary)))
        #expect(!flags.contains("lo") && !flags.contains("dd"))
    }

    @Test func readingPastASlabEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            signal(SIGSEGV, SIG_DFL)
            let mapping = LockedMapping.make(4_096)!
            exit(Int32(mapping.base.load(fromByteOffset: 4_096, as: UInt8.self)) & 0)
        }
        await #expect(processExitsWith: .failure) {
            signal(SIGSEGV, SIG_DFL)
            let mapping = LockedMapping.make(4_096)!
            exit(Int32(mapping.base.load(fromByteOffset: -1, as: UInt8.self)) & 0)
        }
        await #expect(processExitsWith: .success) {
            let mapping = LockedMapping.make(4_096)!
            exit(Int32(mapping.base.load(fromByteOffset: 4_095, as: UInt8.self)) & 0)
        }
    }

    /// As an ordinary user who may lock nothing: secrets still work, and the status says that they are not locked.
    @Test func refusedLockingIsVisible() async {
        await #expect(processExitsWith: .success) {
            var none = rlimit(rlim_cur: 0, rlim_max: 0)
            guard setrlimit(__rlimit_resource_t(8), &none) == 0 else { exit(2) }
            if geteuid() == 0 { guard setuid(65_534) == 0 else { exit(3) } }
            let secret = SecretBytes.makeRandom(count: 5_000)
            let copy = secret.copy()
            exit(secret == copy && !LockedMemory.now.locked ? 0 : 1)
        }
    }

    @Test func severalThreadsShareThePool() async {
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<2_000 {
                        let mark = UInt8((task * 31 + round) % 255 + 1)
                        let secret = SecretBytes(count: 1 + (task * 37 + round) % 700) {
                            memset($0.baseAddress!, Int32(mark), $0.count)
                        }
                        guard secret.withBytes({ $0.allSatisfy { $0 == mark } }) else { return false }
                    }
                    return true
                }
            }
            for await isGood in group { #expect(isGood) }
        }
    }

    /// The flags of the mapping that holds an address.
    private static func flags(_ address: Int) -> [Substring]? {
        guard let file = fopen("/proc/self/smaps", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4_096)
        var isInside = false
        while fgets(&line, 4_096, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let ends = text.prefix { $0 != " " }.split(separator: "-")
            if ends.count == 2, let start = Int(ends[0], radix: 16), let end = Int(ends[1], radix: 16) {
                isInside = start <= address && address < end
            } else if isInside, text.hasPrefix("VmFlags:") {
                return text.split { $0 == " " || $0 == "\n" }.dropFirst().map { $0 }
            }
        }
        return nil
    }
}
