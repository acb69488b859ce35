import Glibc
import KistCrypto
import KistModel
import KistStore
import KistTestKit
import KistVault
import SecretMemory

/// A6: hostile headers: every cost under the floor and over the ceiling is refused before memory is taken, whatever else is bent.
enum Headers {
    static func run(_ options: Options) throws -> Tally {
        let subject = try Subject(MemoryStore())
        for number in 0..<3 { try subject.vault.put("n\(number)", "v") }
        try addOneOfEach(subject)
        let clean = subject.store.head!
        let at = try costOffset(clean.header)
        let limits = Argon2Limits.here()
        var tally = Tally()
        let before = peak()
        for number in options.range(10_000) {
            var random = Seeded(state: options.seed &* 1_000_003 &+ UInt64(number))
            var bytes = clean.header
            bend(&bytes, at, number, &random)
            subject.store.head = StoredHead(header: bytes, manifest: clean.manifest)
            tally.count("headers")
            let start = Tally.now
            do {
                let vault = try Vault.open(subject.store, anchors: subject.anchors)
                for challenge in vault.challenges {
                    do {
                        // A cost within the bounds is honest work: the bounds are what is tried here, not the derivation.
                        try limits.check(challenge.cost)
                        tally.count("withinTheBounds")
                        continue
                    } catch { tally.count("refusedByCost") }
                    if (try? KeyDerivation.derive(SecretBytes(copyingExposed: [1]), for: challenge)) != nil {
                        tally.fail("header \(number): \(challenge.cost) was derived")
                    }
                }
                if bytes != clean.header {
                    do {
                        try vault.unlock(with: subject.door.key(), now: Timestamp(seconds: 0))
                        tally.fail("header \(number) was opened")
                    } catch { tally.count("refused") }
                }
            } catch { tally.count("refusedByForm") }
            tally.took(since: start)
        }
        tally.count("extraKiB", max(0, peak() - before))
        if tally.longestMicroseconds > 50_000 { tally.count("slowerThan50ms") }
        if peak() - before > 65_536 { tally.fail("more than 64 MiB were taken") }
        return tally
    }

    /// A slot of every other kind beside the passphrase and the recovery code.
    private static func addOneOfEach(_ subject: Subject<MemoryStore>) throws {
        for sort in [SlotSort.keyring, .keyFile, .credential] {
            let kept = KeptKey(sort, SecretBytes.makeRandom(count: 32))
            _ = try subject.vault.addSlot(
                .stored(kept), label: "x", proof: .passphrase(subject.door.key()), now: Subject<MemoryStore>.now)
        }
        _ = try subject.vault.addSlot(
            .recipient(Identity.make().recipient), label: "x", proof: .passphrase(subject.door.key()),
            now: Subject<MemoryStore>.now)
    }

    /// Where the passes of the passphrase slot stand: its parameters are `u8 1 ‖ u32 passes ‖ u32 memory ‖ salt16`.
    private static func costOffset(_ header: [UInt8]) throws -> Int {
        let needle: [UInt8] = [0, 25, 1] + [0, 0, 0, 2] + [0, 0, 0x4C, 0]
        for start in 0..<header.count - needle.count where Array(header[start..<start + needle.count]) == needle {
            return start + 3
        }
        throw Broken("the cost was not found in the header")
    }

    private static func bend(_ bytes: inout [UInt8], _ at: Int, _ number: Int, _ random: inout Seeded) {
        func write(_ value: UInt32, _ offset: Int) {
            for byte in 0..<4 { bytes[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * byte)) }
        }
        switch number % 6 {
        case 0: write(UInt32.random(in: 0...1, using: &random), at)
        case 1: write(UInt32.random(in: 0..<19_456, using: &random), at + 4)
        case 2: write(UInt32.random(in: 0x0100_0000...UInt32.max, using: &random), at + 4)
        case 3: write(UInt32.random(in: 100_000...UInt32.max, using: &random), at)
        // The parameters of a passphrase in a slot of another kind.
        case 4: bytes[at - 4] = UInt8.random(in: 0...255, using: &random)
        default:
            for _ in 0...Int.random(in: 0...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
        }
    }

    private static func peak() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
