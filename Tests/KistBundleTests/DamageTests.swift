import KistCrypto
import KistModel
import SecretMemory
import Testing

@testable import KistBundle

@Suite struct DamageTests {
    let bench = BundleBench()

    @Test func everyFlippedBitIsDamage() throws {
        let file = try bench.seal(for: [bench.recipient(1)])
        let identity = bench.identity(1)
        for bit in 0..<file.count * 8 {
            var bent = file
            bent[bit / 8] ^= 1 << UInt8(bit % 8)
            switch bench.refusal(bent, identity) {
            // The version byte, when the flip makes it greater.
            case .damaged: continue
            case .newer where bit / 8 == 10: continue
            case let other: Issue.record("bit \(bit): \(String(describing: other))")
            }
        }
    }

    @Test func everyFlippedBitIsRefusedAlsoUnderANewCheck() throws {
        let file = try bench.seal(for: [bench.recipient(1)])
        let identity = bench.identity(1)
        for bit in 0..<(file.count - SealedBundle.checkCount) * 8 {
            var bent = file
            bent[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(bench.refusal(bench.rechecked(bent), identity) != nil, "bit \(bit)")
        }
    }

    @Test func everyCutIsDamage() throws {
        let file = try bench.seal(for: [bench.recipient(1)])
        for count in 0..<file.count {
            guard case .damaged = bench.refusal(Array(file[..<count]), bench.identity(1)) else {
                Issue.record("cut at \(count)")
                continue
            }
        }
        guard case .damaged = bench.refusal(file + [0], bench.identity(1)) else {
            Issue.record("a longer file")
            return
        }
    }

    @Test func partsOfTwoBundlesDoNotFitTogether() throws {
        let one = try bench.seal(for: [bench.recipient(1)])
        let two = try bench.seal(for: [bench.recipient(1)])
        let borders = [0, 11, 27, 43, 75, 83, 91, 92, 92 + SealedBundle.keyCount, one.count]
        for (start, end) in zip(borders, borders.dropFirst()) {
            var mixed = one
            mixed.replaceSubrange(start..<end, with: two[start..<end])
            guard mixed != one else { continue }
            #expect(bench.refusal(bench.rechecked(mixed), bench.identity(1)) != nil, "\(start)..<\(end)")
        }
    }

    @Test func anyBodyUnderTheRightKeysIsReadOrRefused() throws {
        var generator = SystemRandomNumberGenerator()
        let good = BundleBody.encode(try bench.overviews, bench.segments()).withBytes { Array($0) }
        let length = Int(good[2]) << 8 | Int(good[3])
        var read = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                bytes[.random(in: 4..<4 + length, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let body = try? bytes.withBytes { (raw) throws(Malformed) in try BundleBody(padded: raw) }
            guard let body else { continue }
            read += 1
            for item in body.items {
                #expect(item.ranges.count == item.overview.secrets.count)
                for range in item.ranges { #expect(range.upperBound <= bytes.count) }
            }
        }
        // Changes within values are still bodies: the reader was reached.
        #expect(read > 0)
    }
}
