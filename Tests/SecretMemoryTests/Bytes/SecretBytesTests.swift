import Glibc
import Testing

@testable import SecretMemory

@Suite struct SecretBytesTests {
    private struct Refusal: Error {}

    @Test func theBytesAreThoseThatWereFilled() {
        var secret = SecretBytes(copyingExposed: Array("abc".utf8))
        #expect(secret.count == 3)
        secret.withMutableBytes { $0[1] = UInt8(ascii: "X") }
        #expect(secret.withBytes { Array($0) } == Array("aXc".utf8))
        #expect(secret.slice(1..<3).withBytes { Array($0) } == Array("Xc".utf8))
        #expect(SecretBytes(count: 0) { _ in }.count == 0)
    }

    @Test func comparisonLooksAtLengthAndBytes() {
        let secret = SecretBytes(copyingExposed: [1, 2, 3])
        let same = secret.copy()
        let other = SecretBytes(copyingExposed: [1, 2, 4])
        let longer = SecretBytes(copyingExposed: [1, 2, 3, 0])
        let none = SecretBytes(count: 0) { _ in }
        let answers = [secret == same, none == none.copy(), secret == other, secret == longer, secret == none]
        #expect(answers == [true, true, false, false, false])
    }

    @Test func randomSecretsDiffer() {
        let first = SecretBytes.makeRandom(count: 32)
        let second = SecretBytes.makeRandom(count: 32)
        let isSame = first == second
        #expect(!isSame)
        #expect(first.withBytes { $0.contains { $0 != 0 } })
    }

    /// Wiped at the end of the scope, by `wipe`, and when the filling throws: the pointer is looked at afterwards, which
    /// is sound because slabs stay mapped.
    @Test func theMemoryIsWipedWhenTheOwnerGoes() {
        nonisolated(unsafe) var place: UnsafeRawPointer?
        func bytes() -> [UInt8] { Array(UnsafeRawBufferPointer(start: place, count: 48_000)) }
        func fill(_ target: UnsafeMutableRawBufferPointer) {
            memset(target.baseAddress!, 0x5A, target.count)
            place = UnsafeRawPointer(target.baseAddress!)
        }
        do {
            let secret = SecretBytes(count: 48_000) { fill($0) }
            #expect(secret.count == 48_000 && bytes().allSatisfy { $0 == 0x5A })
        }
        #expect(bytes().allSatisfy { $0 == 0 })
        let secret = SecretBytes(count: 48_000) { fill($0) }
        secret.wipe()
        #expect(bytes().allSatisfy { $0 == 0 })
        #expect(throws: Refusal.self) {
            _ = try SecretBytes(count: 48_000) { (target) throws(Refusal) in
                fill(target)
                throw Refusal()
            }
        }
        #expect(bytes().allSatisfy { $0 == 0 })
    }

    @Test func aBufferGrowsAndKeepsItsBytes() throws {
        var buffer = SecretBuffer(capacity: 16)
        for byte in 0..<200 { buffer.append(UInt8(byte)) }
        buffer.append("tail")
        let read = buffer.append(atMost: 1_000) { target in
            target[0] = 7
            return 1
        }
        #expect(read == 1 && buffer.count == 205)
        let bytes = buffer.finish()
        #expect(bytes.withBytes { Array($0) } == (0..<200).map { UInt8($0) } + Array("tail".utf8) + [7])
    }

    @Test func segmentsAreFoundByNumber() {
        let segments = SecretSegments(bytes: SecretBytes(copyingExposed: Array("abcdef".utf8)), lengths: [2, 0, 3, 1])
        #expect(segments.count == 4)
        #expect((0..<4).map { segments.range($0) } == [0..<2, 2..<2, 2..<5, 5..<6])
        #expect(segments.segment(2).withBytes { Array($0) } == Array("cde".utf8))
        #expect(segments.withSegment(1) { $0.count } == 0)
        #expect(SecretSegments().count == 0)
    }
}
