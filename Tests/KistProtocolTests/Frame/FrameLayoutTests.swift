import KistProtocol
import Testing

struct FrameLayoutTests {
    private func decode(_ bytes: [UInt8]) throws(FrameError) -> FrameLayout? {
        try bytes.withUnsafeBytes { raw in Result { () throws(FrameError) in try FrameLayout.decode(raw) } }.get()
    }

    private func prefix(_ total: UInt32, _ header: UInt32, _ lengths: [UInt32], count: UInt16? = nil) -> [UInt8] {
        func big(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        let count = count ?? UInt16(lengths.count)
        return big(total) + big(header) + [UInt8(count >> 8), UInt8(count & 255)] + lengths.flatMap(big)
    }

    @Test func everyPrefixOfAFrameAsksForMore() throws {
        let layout = try FrameLayout(header: 100, segments: [1, 0, 70_000])
        var bytes: [UInt8] = []
        layout.encodePrefix(into: &bytes)
        #expect(bytes.count == layout.prefixBytes)
        for length in 0..<bytes.count { #expect(try decode(Array(bytes[..<length])) == nil) }
        #expect(try decode(bytes) == layout)
        #expect(try decode(bytes + [1, 2, 3]) == layout)
    }

    @Test func limitsAreExact() throws {
        #expect(throws: FrameError.headerTooLarge) { try FrameLayout(header: 65_537, segments: []) }
        #expect(throws: FrameError.segmentTooLarge) { try FrameLayout(header: 2, segments: [1_048_577]) }
        #expect(throws: FrameError.tooManySegments) {
            try FrameLayout(header: 2, segments: Array(repeating: 0, count: 4_097))
        }
        #expect(throws: FrameError.tooLarge) {
            try FrameLayout(header: 2, segments: Array(repeating: 1_048_576, count: 8))
        }
        _ = try FrameLayout(header: 65_536, segments: Array(repeating: 0, count: 4_096))
        _ = try FrameLayout(header: 2, segments: [1_048_576])
    }

    @Test func brokenPrefixesAreRefusedAsEarlyAsTheyShow() {
        // The total alone proves it.
        #expect(throws: FrameError.tooLarge) { try decode([0x00, 0x80, 0x00, 0x00]) }
        #expect(throws: FrameError.tooLarge) { try decode([0xFF, 0xFF, 0xFF, 0xFF]) }
        #expect(throws: FrameError.inconsistent) { try decode([0, 0, 0, 5]) }
        #expect(throws: FrameError.headerTooLarge) { try decode(prefix(70_000, 65_537, [])) }
        #expect(throws: FrameError.tooManySegments) { try decode(prefix(70_000, 2, [], count: 4_097)) }
        #expect(throws: FrameError.segmentTooLarge) { try decode(prefix(1_048_589, 2, [1_048_577])) }
        // Parts that do not add up, one too few and one too many.
        #expect(throws: FrameError.inconsistent) { try decode(prefix(6 + 4 + 2 + 2, 2, [3])) }
        #expect(throws: FrameError.inconsistent) { try decode(prefix(6 + 4 + 2 + 4, 2, [3])) }
    }

    /// Random prefixes: no crash, and whatever is accepted encodes to the bytes that it came from.
    @Test func acceptedPrefixesHaveOneForm() throws {
        var random = Random(seed: 3)
        var accepted = 0
        for _ in 0..<20_000 {
            let lengths = (0..<random.below(4)).map { _ in UInt32(random.below(2_000)) }
            let header = UInt32(random.below(3_000))
            var bytes = prefix(UInt32(6 + 4 * lengths.count) + header + lengths.reduce(0, +), header, lengths)
            if random.below(2) == 0 { bytes[random.below(bytes.count)] ^= UInt8(1 << random.below(8)) }
            guard let layout = try? decode(bytes) else { continue }
            accepted += 1
            var again: [UInt8] = []
            layout.encodePrefix(into: &again)
            #expect(again == Array(bytes[..<again.count]))
            #expect(layout.frameBytes <= FrameLayout.largest)
        }
        #expect(accepted > 5_000)
    }
}
