import Glibc
import KistCrypto
import SecretMemory

/// A17: random pairs of contexts, made to be alike (the same text cut at other places): never the same bytes.
enum Contexts {
    static func run(_ options: Options) throws -> Tally {
        var tally = Tally()
        let range = options.range(1_000_000)
        var random = Seeded(state: options.seed &+ UInt64(range.lowerBound))
        for _ in range {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                [0, 0, 0, 1, 2, 65, 66, 255].randomElement(using: &random)! as UInt8
            }
            let (left, right) = (cut(text, &random), cut(text, &random))
            tally.count("pairs")
            let alike = encode(left) == encode(right)
            if alike != (left == right) { tally.fail("\(left) and \(right)") }
            tally.count(alike ? "equalParts" : "differentParts")
        }
        return tally
    }

    private static func cut(_ text: [UInt8], _ random: inout Seeded) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        for byte in text {
            if Int.random(in: 0..<6, using: &random) == 0 { parts.append([]) }
            parts[parts.count - 1].append(byte)
        }
        return parts
    }

    private static func encode(_ parts: [[UInt8]]) -> [UInt8] {
        parts.reduce(into: Context()) { $0.append($1) }.bytes
    }
}

/// A10: no nonce twice in a million seals; the driver runs it in two processes at once and compares what they print.
enum Nonces {
    static func run(_ options: Options) throws -> Tally {
        var tally = Tally()
        let key = SecretBytes.makeRandom(count: 32)
        var seen = Set<SIMD4<UInt64>>()
        let range = options.range(1_000_000)
        seen.reserveCapacity(range.count)
        var sealed: [UInt8] = []
        let plain: [UInt8] = [7]
        for number in range {
            sealed.removeAll(keepingCapacity: true)
            plain.withUnsafeBytes { SecretBox.seal($0, key, appendingTo: &sealed) }
            let nonce = sealed.withUnsafeBytes { bytes in
                SIMD4(
                    bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self), 0)
            }
            tally.count("seals")
            if !seen.insert(nonce).inserted { tally.fail("seal \(number): a nonce came twice") }
        }
        try fork(&tally, key)
        // The control: the set does notice.
        guard let first = seen.first, !seen.insert(first).inserted else { throw Broken("the control") }
        return tally
    }

    /// A process that divides goes on with two different sources: 10,000 nonces of each half, none twice.
    private static func fork(_ tally: inout Tally, _ key: borrowing SecretBytes) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Broken("no pipe") }
        let child = divide()
        var nonces: [UInt8] = []
        let plain: [UInt8] = [7]
        for _ in 0..<10_000 {
            var sealed: [UInt8] = []
            plain.withUnsafeBytes { SecretBox.seal($0, key, appendingTo: &sealed) }
            nonces += sealed[..<24]
        }
        if child == 0 {
            var sent = 0
            while sent < nonces.count {
                let count = nonces.withUnsafeBytes { write(ends[1], $0.baseAddress! + sent, $0.count - sent) }
                guard count > 0 else { _exit(1) }
                sent += count
            }
            _exit(0)
        }
        close(ends[1])
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            guard count > 0 else { break }
            nonces += buffer[..<count]
        }
        waitpid(child, nil, 0)
        let all = Set(stride(from: 0, to: nonces.count, by: 24).map { Array(nonces[$0..<$0 + 24]) })
        tally.count("sealsOfTwoHalves", nonces.count / 24)
        if nonces.count != 20_000 * 24 || all.count != 20_000 {
            tally.fail("two halves of a process have \(all.count) nonces")
        }
    }

    @_silgen_name("fork") private static func divide() -> pid_t
}
